import { expect } from "vitest";

import { openHome } from "#tests/support/kb.ts";
import type { Make } from "#tests/support/make.ts";
import { test as base } from "#tests/support/test.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { noteBlame, noteHistory } from "./history.ts";
import { createNote } from "./request.ts";
import { writeRequested } from "./write.ts";

// Guarantee: the history of a note is its own, and leads back to the decision that it came from.

const test = base.extend<{ notes: Awaited<ReturnType<typeof openNotes>> }>({
  notes: async ({ ctx, make }, use) => use(await openNotes(ctx, make)),
});

async function openNotes(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const { kbs } = openHome(ctx);
  const kb = await kbs.open(spaceId);
  const create = async (title: string) => {
    const input = { spaceId, type: "Note" as const, title, body: `${title}.`, topic: "Harbour", tags: [] };
    const { operationId } = await createNote(ctx, input);
    await writeRequested(ctx, kb, operationId);
    return { operationId, ...(await ctx.db.prisma.note.findFirstOrThrow({ where: { spaceId, title } })) };
  };
  return { spaceId, kbs, create };
}

test("two notes that are much alike have each a history of its own", async ({ ctx, notes }) => {
  const { spaceId, kbs, create } = notes;
  await create("The north gate is closed at night");
  const { id: noteId } = await create("The south gate is closed at night");
  const { items } = await noteHistory({ kbs }, ctx, { spaceId, noteId });
  expect(items.map((item) => item.subject)).toEqual(["Add note: The south gate is closed at night"]);
});

test("a commit that carries out a decision says which proposal waits again when it is taken back", async ({
  ctx,
  make,
  db,
  notes,
}) => {
  const { spaceId, kbs, create } = notes;
  const { id: noteId, operationId } = await create("Pier 7 is closed");
  const { id: proposalId } = await make.proposal({ spaceId, title: "Pier 7 is closed" });
  await db.prisma.kbOperation.update({ where: { id: operationId }, data: { proposalId } });
  const reopens = async () => (await noteHistory({ kbs }, ctx, { spaceId, noteId })).items.map((item) => item.reopens);
  expect(await reopens()).toEqual([null]);
  await db.prisma.proposal.update({
    where: { id: proposalId },
    data: { status: "approved", decisionId: operationId, decidedBy: { ...ctx.actor }, decidedAt: ctx.now() },
  });
  expect(await reopens()).toEqual(["Pier 7 is closed"]);
  const { ranges } = await noteBlame({ kbs }, ctx, { spaceId, noteId });
  expect(ranges[0]?.messages.map((message) => message.quote)).toEqual(["Nora, please"]);
});
