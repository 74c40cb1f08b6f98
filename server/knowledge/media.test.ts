import { expect, onTestFinished } from "vitest";

import { openHome, writing } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

import { mediaAnswer } from "./index.ts";

// Guarantee: a stranger's file is handed out as what it is, is never run, and nothing but media is to be had this way.

const HASH = "ab".padEnd(64, "0");

test("pictures are shown, everything else is a download, and only media is there", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const { kbs } = openHome(ctx);
  onTestFinished(() => kbs.close());
  const kb = await kbs.open(spaceId);
  const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);
  const files = [
    { path: `media/ab/${HASH}.png`, content: bytes },
    { path: `media/ab/${HASH}.html`, content: Buffer.from("<script>alert(1)</script>") },
    { path: `media/ab/${HASH}.svg`, content: Buffer.from("<svg onload=alert(1)>") },
  ];
  await kb.runOperation(ctx, { ...writing("notes/a.md", "A"), plan: async () => files });

  const picture = await mediaAnswer({ kbs }, { spaceId, path: `media/ab/${HASH}.png` });
  expect(picture.headers.get("content-type")).toBe("image/png");
  expect(Buffer.from(await picture.arrayBuffer())).toEqual(bytes);
  for (const ending of ["html", "svg"]) {
    const { headers } = await mediaAnswer({ kbs }, { spaceId, path: `media/ab/${HASH}.${ending}` });
    expect(headers.get("content-type")).toBe("application/octet-stream");
    expect(headers.get("content-disposition")).toMatch(/^attachment/);
    expect(headers.get("content-security-policy")).toContain("sandbox");
  }
  for (const path of [
    "notes/a.md",
    "index.md",
    `media/../.git/config`,
    `media/ab/${HASH}.png/x`,
    `media/cd/${HASH}.png`,
    "",
  ]) {
    await expect(mediaAnswer({ kbs }, { spaceId, path })).rejects.toMatchObject({ code: "not_found" });
  }
});
