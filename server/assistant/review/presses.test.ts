import { expect } from "vitest";

import { reviewRoom } from "#tests/support/review.ts";
import { test } from "#tests/support/test.ts";

// Guarantee: a button under a card decides as whoever pressed it, at most once, and only while their role reaches.

test("whoever lost the role between the card and the tap decides nothing", async ({ ctx, db, make }) => {
  const room = await reviewRoom(ctx, make);
  const vera = await room.join({ name: "Vera" });
  const { id } = await make.proposal({ runId: room.run.id });
  await room.catchUp();
  const [card] = room.messages(vera.externalId);
  await db.prisma.membership.updateMany({ where: { userId: vera.user!.id }, data: { role: "viewer" } });
  expect(await room.tap(vera, vera, card!.id, "Approve")).toMatch(/role reviewer/);
  await db.prisma.membership.deleteMany({ where: { userId: vera.user!.id } });
  expect(await room.tap(vera, vera, card!.id, "Reject")).toMatch(/role reviewer/);
  expect(await db.prisma.proposal.findUnique({ where: { id } })).toMatchObject({ status: "pending", version: 1 });

  await room.catchUp();
  expect(room.messages(vera.externalId)).toHaveLength(1);
});

test("a double tap decides once and says who it was", async ({ ctx, db, make }) => {
  const room = await reviewRoom(ctx, make);
  const vera = await room.join({ name: "Vera" });
  const { id } = await make.proposal({ runId: room.run.id });
  await room.catchUp();
  const [card] = room.messages(vera.externalId);
  const taps = await Promise.all([1, 2, 3].map(() => room.tap(vera, vera, card!.id, "Approve")));
  expect(taps.filter((word) => word === "Approved.")).toHaveLength(1);
  expect(taps.filter((word) => word?.startsWith("Vera has approved it already, "))).toHaveLength(2);
  expect(await db.prisma.proposalDecision.findMany({ where: { proposalId: id } })).toMatchObject([
    { action: "approved", actor: { type: "user", userId: vera.user!.id } },
  ]);
});

test("of two reviewers who tap at once one decides, and both cards say so", async ({ ctx, db, make }) => {
  const room = await reviewRoom(ctx, make);
  const [vera, ivo] = [await room.join({ name: "Vera" }), await room.join({ name: "Иво", language: "ru" })];
  const { id } = await make.proposal({ runId: room.run.id });
  await room.catchUp();
  const cards = [vera, ivo].map((person) => room.messages(person.externalId)[0]!.id);
  const words = await Promise.all([
    room.tap(vera, vera, cards[0]!, "Approve"),
    room.tap(ivo, ivo, cards[1]!, "Отклонить"),
  ]);
  const { status } = await db.prisma.proposal.findUniqueOrThrow({ where: { id } });
  expect(words).toEqual(
    status === "approved"
      ? ["Approved.", expect.stringMatching(/^Уже одобрено: Vera, /)]
      : [expect.stringMatching(/^Иво has rejected it already, /), "Отклонено."],
  );
  await room.catchUp();
  const texts = [vera, ivo].map((person) => room.messages(person.externalId)[0]!.text);
  expect(texts[0]).toMatch(status === "approved" ? /^\*\*Approved/ : /^\*\*Rejected/);
  expect(texts[1]).toMatch(status === "approved" ? /^\*\*Одобрено/ : /^\*\*Отклонено/);
});

test("a merge goes into what the button names, and says why where that cannot be any more", async ({
  ctx,
  db,
  make,
}) => {
  const room = await reviewRoom(ctx, make);
  const vera = await room.join({ name: "Vera" });
  const host = await make.proposal({ runId: room.run.id, title: "Renew the harbour permit" });
  const guest = await make.proposal({ runId: room.run.id, title: "Renew the harbour permit soon" });
  await room.catchUp();
  const [hostCard, guestCard] = room.messages(vera.externalId);
  await room.tap(vera, vera, hostCard!.id, "Reject");
  expect(await room.tap(vera, vera, guestCard!.id, "Merge into")).toContain("has been rejected already");
  await room.catchUp();
  await room.tap(vera, vera, hostCard!.id, "Undo");
  expect(await room.tap(vera, vera, guestCard!.id, "Merge into Renew the harbour permit")).toBe("Merged.");
  expect(await db.prisma.proposal.findUnique({ where: { id: guest.id } })).toMatchObject({
    status: "merged",
    mergedIntoId: host.id,
  });
  await room.catchUp();
  expect(room.messages(vera.externalId)[1]?.text).toContain("Into “Renew the harbour permit”.");
});

test("a button that was pressed in another chat, or is not there any more, does nothing", async ({ ctx, db, make }) => {
  const room = await reviewRoom(ctx, make);
  const [vera, ivo] = [await room.join({ name: "Vera" }), await room.join({ name: "Ivo" })];
  const { id } = await make.proposal({ runId: room.run.id });
  await room.catchUp();
  const button = room.messages(vera.externalId)[0]?.buttons[0]?.[0];
  if (!button || !("token" in button)) throw new Error("The card has no button.");
  expect(await room.pressToken(ivo, ivo.chatId, button.token)).toBe("This button has served its time.");
  expect(await room.pressToken(ivo, ivo.chatId, "made-up")).toBe("This button has served its time.");
  expect(await db.prisma.proposal.findUnique({ where: { id } })).toMatchObject({ status: "pending" });
});
