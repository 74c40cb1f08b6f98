import { describe, expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { applyDecisions } from "#server/proposals/apply.ts";
import { approve, merge } from "#server/proposals/index.ts";
import { setSetting } from "#server/settings/index.ts";
import { openHome } from "#tests/support/kb.ts";
import type { Make } from "#tests/support/make.ts";
import { reviewRoom } from "#tests/support/review.ts";
import { test } from "#tests/support/test.ts";

import { objection } from "./objection.ts";

// Guarantee: a group hears what was recorded of its words, and what its people say against it comes before a reviewer.

/** A space with a group that is let in, and a proposal that comes from it. */
async function groupRoom(ctx: Ctx, make: Make) {
  const room = await reviewRoom(ctx, make);
  const { spaceId } = room;
  const { kbs } = openHome(ctx);
  const propose = async (title = "Renew the permit") => {
    const { id: proposalId } = await make.proposal({ runId: room.run.id, title });
    const { message } = await ctx.db.prisma.proposalEvidence.findFirstOrThrow({
      where: { proposalId },
      include: { message: { include: { chat: true } } },
    });
    const group = { chatId: message.chat.id, externalId: message.chat.externalId };
    return { spaceId, proposalId, group, message };
  };
  const record = async ({ proposalId }: { proposalId: string }, version = 1) => {
    await approve(ctx, { spaceId, proposalId, version });
    await applyDecisions({ kbs }, ctx, { spaceId, proposalId });
    await room.catchUp();
  };
  /** What someone writes in the group as an answer to what they were asked. */
  const answer = async (
    { group, proposalId }: { group: { chatId: string }; proposalId: string },
    { contributorId }: { contributorId: string },
    given: { text: string; sentAt?: Date },
  ) => {
    const { id: messageId } = await make.message({ chatId: group.chatId, contributorId, ...given });
    const input = { spaceId, messageId, pending: { for: "objection" as const, proposalId } };
    const take = () => objection(room.deps as Parameters<typeof objection>[0], ctx, input, room.signal);
    await take();
    return { take };
  };
  return { ...room, kbs, propose, record, answer };
}

describe("the line in the group", () => {
  test("is said once, quietly, under the message, only where the group is heard and the setting is on", async ({
    ctx,
    db,
    make,
  }) => {
    const room = await groupRoom(ctx, make);
    const proposal = await room.propose("Renew *the* permit");
    await room.pair("chat", proposal.group.externalId);
    await room.record(proposal);
    await room.catchUp();
    const [line, ...others] = room.messages(proposal.group.externalId);
    expect(others).toEqual([]);
    expect(line).toMatchObject({ isQuiet: true, replyTo: proposal.message.externalId });
    expect(line?.text).toMatch(/^Recorded: Renew \\\*the\\\* permit$/);

    const unheard = await room.propose();
    await room.record(unheard);
    const privately = await room.propose();
    await room.pair("chat", privately.group.externalId);
    await db.prisma.chat.update({ where: { id: privately.group.chatId }, data: { kind: "private" } });
    await room.record(privately);
    const closed = await room.propose();
    await room.pair("chat", closed.group.externalId);
    await db.prisma.chat.update({ where: { id: closed.group.chatId }, data: { unreachable: "Thrown out." } });
    await room.record(closed);
    await setSetting(ctx, { spaceId: room.spaceId, key: "telegram.approvedLine", value: false });
    const unwanted = await room.propose();
    await room.pair("chat", unwanted.group.externalId);
    await room.record(unwanted);
    for (const { group } of [unheard, privately, closed, unwanted]) {
      expect(room.messages(group.externalId)).toEqual([]);
    }
  });
});

describe("an objection", () => {
  test("of anybody in the chat takes the note back and puts their words before the reviewers", async ({
    ctx,
    db,
    make,
  }) => {
    const room = await groupRoom(ctx, make);
    const vera = await room.join({ name: "Vera" });
    const oleg = await room.join({ name: "Oleg", role: null });
    const proposal = await room.propose();
    const { group, proposalId, spaceId } = proposal;
    await room.pair("chat", group.externalId);
    await room.catchUp();
    await room.record(proposal);
    await db.prisma.run.update({ where: { id: room.run.id }, data: { status: "closed" } });
    expect(await db.prisma.note.count({ where: { spaceId } })).toBe(1);

    const [line] = room.messages(group.externalId);
    expect(await room.tap(oleg, group, line!.id, "Not what we meant")).toBeNull();
    expect(await room.tap(oleg, group, line!.id, "Not what we meant")).toBeNull();
    expect(room.messages(group.externalId)[1]?.text).toMatch(/^Oleg, what should/);
    const conversation = { chatId: group.chatId, contributorId: oleg.contributorId };
    expect(await db.prisma.conversation.findFirst({ where: conversation })).toMatchObject({
      pendingInput: { for: "objection", proposalId },
    });

    const { take } = await room.answer(proposal, oleg, { text: "It was only\n an idea." });
    await take();
    await room.catchUp();
    await applyDecisions({ kbs: room.kbs }, ctx, { spaceId, proposalId });
    expect(await db.prisma.note.count({ where: { spaceId } })).toBe(0);
    const [decision] = await db.prisma.proposalDecision.findMany({ where: { proposalId, action: "reopened" } });
    expect(decision).toMatchObject({
      reason: "It was only an idea.",
      actor: { type: "contributor", contributorId: oleg.contributorId },
    });
    const texts = room.messages(group.externalId).map(({ text }) => text);
    expect(texts.at(0)).toMatch(/^Not recorded any more/);
    expect(texts.at(-1)).toMatch(/^Thank you/);
    expect(texts.filter((text) => text.startsWith("Thank you"))).toHaveLength(1);
    const [card] = room.messages(vera.externalId);
    expect(card?.text).toContain("Put back by Oleg");
    expect(card?.text).toContain("It was only an idea.");
    expect(card?.buttons[0]?.map(({ label }) => label)).toEqual(["Approve", "Reject"]);

    await room.record(proposal, 3);
    expect(room.messages(group.externalId)[0]?.text).toMatch(/^Recorded/);
  });

  test("that comes too late, or without words, or was never asked for, changes nothing", async ({ ctx, db, make }) => {
    const room = await groupRoom(ctx, make);
    const oleg = await room.join({ name: "Oleg", role: null });
    const proposal = await room.propose();
    await room.pair("chat", proposal.group.externalId);
    await room.record(proposal);
    await room.answer(proposal, oleg, { text: "No!" });
    const [line] = room.messages(proposal.group.externalId);
    await room.tap(oleg, proposal.group, line!.id, "Not what we meant");
    await room.answer(proposal, oleg, { text: "No!", sentAt: new Date(Date.now() + 11 * 60_000) });
    await room.answer(proposal, oleg, { text: "" });
    const { status } = await db.prisma.proposal.findUniqueOrThrow({ where: { id: proposal.proposalId } });
    expect(status).toBe("approved");
    const answers = room.messages(proposal.group.externalId).slice(2);
    expect(room.messages(proposal.group.externalId)[1]?.text).toContain("more than ten minutes");
    expect(answers.map(({ text }) => text.slice(0, 20))).toEqual([
      "Oleg, what should “R",
      "That came more than ",
      "There are no words i",
    ]);
  });

  test("to what something else was built on is told to the reviewers", async ({ ctx, db, make }) => {
    const room = await groupRoom(ctx, make);
    const vera = await room.join({ name: "Vera" });
    const oleg = await room.join({ name: "Oleg", role: null });
    const proposal = await room.propose();
    const { spaceId, group } = proposal;
    await room.pair("chat", group.externalId);
    await room.record(proposal);
    const note = await db.prisma.note.findFirstOrThrow({ where: { spaceId } });
    const guest = await room.propose("Permit");
    const into = { type: "note", noteId: note.id } as const;
    await merge(ctx, { spaceId, proposalId: guest.proposalId, version: 1, into });
    const [line] = room.messages(group.externalId);
    await room.tap(oleg, group, line!.id, "Not what we meant");
    await room.answer(proposal, oleg, { text: "It was only an idea." });
    expect(room.messages(group.externalId).at(-1)?.text).toContain("cannot be taken back by itself");
    expect(room.messages(vera.externalId).at(-1)?.text).toMatch(/^Oleg says of[^]*only an idea/);
  });
});
