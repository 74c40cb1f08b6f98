import { expect } from "vitest";

import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { SAMPLE_NOTES } from "#tests/support/knowledge-sample.ts";
import { test } from "#tests/support/test.ts";

import { noteFiles } from "./index.ts";
import { relatedNotes } from "./related.ts";

test("a new note is related to those that it shares its rare words with, and to no others", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const { id: kbId } = await ctx.db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  const changes = SAMPLE_NOTES.map(({ path, title, body }) => ({
    path,
    content: `---\n${JSON.stringify({ title, description: `About ${title}` })}\n---\n${body}`,
  }));
  const about = { spaceId, kbId, commitHash: "a".repeat(40), committedAt: new Date(), proposalId: null };
  await transaction(ctx.db, (tx) =>
    noteFiles.record(tx, { ...about, actor: { type: "system", name: "test" }, changes }),
  );
  const related = async (title: string, text: string, exceptPath?: string) =>
    (await relatedNotes(ctx, { spaceId, title, text, tags: [], ...(exceptPath ? { exceptPath } : {}) })).map(
      (note) => note.path,
    );
  const flour = [
    "Rye flour from Harrow Mill",
    "We try rye flour from Harrow Mill; orders go out with the wheat flour.",
  ] as const;
  expect((await related(...flour))[0]).toBe("bakery/flour-supplier.md");
  expect(await related(...flour, "bakery/flour-supplier.md")).not.toContain("bakery/flour-supplier.md");
  expect((await related("Скидка на доставку", "Учителям доставка курьером по городу бесплатно, скидки."))[0]).toMatch(
    /^books\/(?:skidki|dostavka)\.md$/,
  );
  expect(
    await related("Lighthouse", "A tall tower with a lamp on a rock in the northern sea, painted in stripes."),
  ).toEqual([]);
  const chance =
    "A lamp in the kitchen by the board, painted in March by Otto with rye, nuts, photos, a bucket, monitors, trains, sesame, helmets, witnesses and a breaker.";
  expect(await related("Lamp", chance)).toEqual([]);
  expect(await related("\0\ud800", "'")).toEqual([]);
  const [first] = await relatedNotes(ctx, { spaceId, title: flour[0], text: flour[1], tags: ["bakery"], limit: 1 });
  expect(first).toMatchObject({
    title: "Flour comes from Harrow Mill",
    description: "About Flour comes from Harrow Mill",
  });
});
