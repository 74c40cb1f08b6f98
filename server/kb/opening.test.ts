// A knowledge base has one folder, made once, and is worked on only where that is.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "vitest";

import { newId } from "#server/lib/ids.ts";
import { openHome, personsGit, writing } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

test("a knowledge base is opened only where its files are", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space({ slug: "old-name" });
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  await kb.runOperation(ctx, writing("a.md", "a"));
  await expect(openHome(ctx, { dataDir: home.dataDir }).kbs.open(spaceId)).rejects.toThrow(/another data folder/);
  await expect(openHome(ctx, { homeId: home.homeId }).kbs.open(spaceId)).rejects.toThrow(/missing/);
  await expect(home.kbs.open(newId())).rejects.toMatchObject({ code: "not_found" });
  // The space may be renamed meanwhile.
  await ctx.db.prisma.space.update({ where: { id: spaceId }, data: { slug: "new-name" } });
  const again = await openHome(ctx, home).kbs.open(spaceId);
  expect(again.folder).toBe(kb.folder);
});

test("twenty processes' worth of first uses make one repository", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const leftBehind = join(home.dataDir, "kb", `.making-${spaceId.slice(-12)}-x`);
  await mkdir(leftBehind, { recursive: true });
  const opened = await Promise.all(Array.from({ length: 5 }, () => openHome(ctx, home).kbs.open(spaceId)));
  expect(new Set(opened.map((kb) => `${kb.id} ${kb.folder}`)).size).toBe(1);
  expect(await personsGit(join(home.dataDir, "kb"), "-C", opened[0]?.folder ?? "", "rev-list", "--count", "HEAD")).toBe(
    "1",
  );
  expect(existsSync(leftBehind)).toBe(false);
});
