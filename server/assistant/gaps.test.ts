import { expect } from "vitest";

import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { makeGap } from "#tests/support/full-space.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { listGaps, settleGap } from "./gaps.ts";

/** A space with two open questions, an hour apart, the older of them near a note. */
async function openSpace(db: Db, make: Make) {
  const { id: spaceId } = await make.space();
  const chat = await make.chat({ spaceId });
  const { id: contributorId } = await make.contributor({ spaceId, displayName: "Nora Field" });
  const at = new Date();
  const { id: kbId } = await db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  const note = await db.prisma.note.create({
    data: {
      ...{ id: newId(), spaceId, kbId, path: "topics/ferry/a.md", type: "Note", title: "Ferry", tags: [], body: "" },
      ...{ frontMatter: {}, commitHash: "0".repeat(40), committedAt: at, createdAt: at, updatedAt: at },
    },
  });
  const asked = { spaceId, chatId: chat.id, contributorId };
  const older = await makeGap(db, {
    ...asked,
    question: "When does the ferry sail?",
    // One that is not there any more, too.
    nearest: [newId(), note.id],
    at: new Date(at.getTime() - 3_600_000),
  });
  const newer = await makeGap(db, { ...asked, question: "Who pays for the bollards?", at });
  return { spaceId, noteId: note.id, older, newer };
}

test("open questions are listed newest first, with who asked and the notes that are still near", async ({
  db,
  ctx,
  make,
}) => {
  const { spaceId, noteId, older, newer } = await openSpace(db, make);
  const { count, items } = await listGaps(ctx, { spaceId });
  expect(count).toBe(2);
  expect(items).toEqual([
    expect.objectContaining({
      id: newer.id,
      question: "Who pays for the bollards?",
      askedBy: "Nora Field",
      nearest: [],
    }),
    expect.objectContaining({ id: older.id, status: "open", nearest: [{ noteId, title: "Ferry" }] }),
  ]);
});

test("a question is settled once, is off the list then, and pages are told", async ({ db, as, make }) => {
  const { spaceId, older, newer } = await openSpace(db, make);
  const ctx = as({ type: "user", userId: newId(), name: "Vera Lind" });
  const events = () => db.prisma.event.count({ where: { spaceId, type: "gap.settled" } });
  await settleGap(ctx, { spaceId, gapId: newer.id, as: "dismissed" });
  await settleGap(ctx, { spaceId, gapId: newer.id, as: "dismissed" });
  expect(await events()).toBe(1);
  await expect(settleGap(ctx, { spaceId, gapId: newer.id, as: "answered" })).rejects.toMatchObject({
    code: "conflict",
  });
  expect(await db.prisma.gap.findUnique({ where: { id: newer.id } })).toMatchObject({
    status: "dismissed",
    settledBy: { name: "Vera Lind" },
  });
  const { count, items } = await listGaps(ctx, { spaceId });
  expect([count, items.map(({ id }) => id)]).toEqual([1, [older.id]]);
});

test("a question of another space is not there", async ({ db, ctx, make }) => {
  const { older } = await openSpace(db, make);
  const { id: spaceId } = await make.space();
  await expect(settleGap(ctx, { spaceId, gapId: older.id, as: "answered" })).rejects.toMatchObject({
    code: "not_found",
  });
  expect(await db.prisma.gap.findUnique({ where: { id: older.id } })).toMatchObject({ status: "open" });
  expect(await listGaps(ctx, { spaceId })).toEqual({ count: 0, items: [] });
});
