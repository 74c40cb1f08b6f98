import { expect } from "vitest";

import { newId } from "#server/lib/ids.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { commandRoom } from "#tests/support/command-room.ts";
import { labelsOf } from "#tests/support/fake-channel.ts";
import { test } from "#tests/support/llm.ts";

/** The tables in which a word stands anywhere. */
async function tablesWith(ctx: Ctx, word: string): Promise<string[]> {
  const { rows: tables } = await ctx.db.pool.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await ctx.db.pool.query<{ count: number }>(
        `select count(*)::int as count from "${name}" t where t::text ilike '%' || $1 || '%'`,
        [word],
      );
      return rows[0]!.count > 0 ? [name] : [];
    }),
  );
  return found.flat().toSorted();
}

/** Says the secret in every way that there is, and notes that rest on it. */
async function sayEverywhere(
  ctx: Ctx,
  room: Awaited<ReturnType<typeof commandRoom>>,
  { secret, notes }: { secret: string; notes: number },
) {
  const { spaceId, contributorId, externalId } = room;
  const { prisma } = ctx.db;
  const message = await room.say(`The ${secret} plan`);
  await prisma.message.update({
    where: { id: message.id },
    data: { revision: 2, entities: [{ type: "code", language: secret }], forwardOrigin: { by: secret } },
  });
  await prisma.messageRevision.create({
    data: { id: newId(), messageId: message.id, revision: 1, text: secret, replacedAt: ctx.now() },
  });
  await prisma.attachment.create({
    data: {
      ...{ id: newId(), spaceId, messageId: message.id, kind: "document", externalId: "f1", createdAt: ctx.now() },
      ...{ name: `${secret}.txt`, text: secret, content: Buffer.from(secret), problem: secret },
    },
  });
  const request = await room.ask({ prompt: `Where is the ${secret} plan?`, result: { text: secret } });
  await prisma.turn.create({
    data: {
      ...{ id: newId(), spaceId, conversationId: request.conversationId, requestId: request.id, role: "user" },
      ...{ text: secret, at: ctx.now() },
    },
  });
  await prisma.gap.create({
    data: { id: newId(), spaceId, requestId: request.id, question: secret, nearest: [], createdAt: ctx.now() },
  });
  await prisma.memory.create({ data: { id: newId(), spaceId, contributorId, text: secret, createdAt: ctx.now() } });
  const post = { spaceId, chatId: room.chat.id, content: { text: secret }, createdAt: ctx.now() };
  await prisma.post.create({
    data: { ...post, id: newId(), key: `request:${request.id}`, subjectType: "request", subjectId: request.id },
  });
  const updates = [
    `{"message":{"from":{"id":${externalId}},"text":"${secret} \\u0000"}}`,
    `{"message":{"from":{"id":1},"reply_to_message":{"from": {"id" : ${externalId}},"text":"${secret}"}}}`,
  ];
  for (const payload of updates) {
    await prisma.inboundUpdate.create({
      data: {
        ...{ id: newId(), botId: 42n, updateId: BigInt(`0x${newId().slice(-12)}`), chatKey: "1", payload },
        ...{ receivedAt: ctx.now(), handledAt: ctx.now() },
      },
    });
  }
  const kb = await prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  for (let index = 0; index < notes; index += 1) {
    const at = ctx.now();
    await prisma.note.create({
      data: {
        ...{ id: newId(), spaceId, kbId: kb.id, path: `plan-${index}.md`, type: "Note", title: `Plan [${index}]` },
        ...{ body: "A plan.", frontMatter: { sources: [{ id: "m1", message: message.id }, "by hand"] } },
        ...{ commitHash: "a".repeat(40), committedAt: at, createdAt: at, updatedAt: at },
      },
    });
  }
  return { message, request };
}

test("what is kept of a person is counted from the rows", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm(), role: "reviewer" });
  await sayEverywhere(ctx, room, { secret: "xylophone", notes: 2 });
  const { text } = await room.give("/me");
  for (const line of [
    "Messages: 2",
    "Files with them: 1",
    "Notes that quote you: 2",
    "tasks you asked for: 1",
    "in mind for you: 1",
    "Dashboard account: Ada Quist, reviewer",
    "Settings of your own: none",
  ]) {
    expect(text).toContain(line);
  }
});

test("someone who wants nothing kept of groups can say so, and take it back", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm() });
  const optedOutAt = async () =>
    (await ctx.db.prisma.contributor.findUniqueOrThrow({ where: { id: room.contributorId } })).optedOutAt;
  expect((await room.give("/me")).text).toContain("I read along");
  await room.press("Ignore me in groups");
  expect(await optedOutAt()).not.toBeNull();
  expect(room.last().text).toContain("I keep nothing of what you say, and do not answer you there, since");
  await room.press("Hear me in groups again");
  expect(await optedOutAt()).toBeNull();
});

test("what someone said is deleted everywhere once they have said so twice; notes stay and are named", async ({
  ctx,
  make,
  llm,
}) => {
  const room = await commandRoom(ctx, make, { llm: llm() });
  const secret = "zanzibar";
  const other = await commandRoom(ctx, make, { llm: llm(), spaceId: room.spaceId });
  const theirs = await other.say("Something else");
  const { message } = await sayEverywhere(ctx, room, { secret, notes: 12 });
  await room.give(`/${secret}`);
  const proposal = await make.proposal({ spaceId: room.spaceId });
  await ctx.db.pool.query("update proposal_evidence set message_id = $1, quote = $3 where proposal_id = $2", [
    message.id,
    proposal.id,
    secret,
  ]);
  const evidence = (messageId: string) => [{ messageId, revision: 1, start: 0, end: 1, quote: secret }];
  const found = [
    { title: secret, evidence: evidence(message.id) },
    { title: "Other", evidence: [] },
  ];
  await ctx.db.prisma.replay.create({
    data: {
      ...{ id: newId(), spaceId: room.spaceId, runId: proposal.runId!, promptKey: "1", createdAt: ctx.now() },
      ...{ createdBy: ctx.actor, batches: { create: { batchId: proposal.batchId!, found } } },
    },
  });
  const full = await tablesWith(ctx, secret);
  expect(full.length).toBeGreaterThanOrEqual(9);

  await room.give("/me");
  await room.press("Delete what I said");
  expect(labelsOf(room.last())).toEqual(["Yes, delete it", "No, keep it"]);
  expect(await tablesWith(ctx, secret)).toEqual(full);

  await room.press("Yes, delete it");
  expect(await tablesWith(ctx, secret)).toEqual([]);
  const { text } = room.last();
  expect(text).toContain("**Deleted:** 3 messages, one request, one memory.");
  expect(text.match(/\]\(https:\/\/winnow\.example\/s\/.+\/knowledge\//g)).toHaveLength(10);
  expect(text).toContain(String.raw`[Plan \[0\]](`);
  expect(text).toContain("and 2 more");
  expect(await ctx.db.prisma.note.count({ where: { spaceId: room.spaceId } })).toBe(12);
  expect(await ctx.db.prisma.message.findUnique({ where: { id: theirs.id } })).not.toBeNull();
  expect((await ctx.db.prisma.proposal.findUniqueOrThrow({ where: { id: proposal.id } })).hasEvidence).toBe(false);
  const events = await ctx.db.prisma.event.findMany({ where: { spaceId: room.spaceId }, select: { type: true } });
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(["message.updated", "chat.revised"]));

  expect((await room.give("/me")).text).toContain("Messages: 1");
});

test("who thinks better of it keeps everything", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm() });
  await sayEverywhere(ctx, room, { secret: "xylophone", notes: 1 });
  await room.give("/me");
  await room.press("Delete what I said");
  await room.press("No, keep it");
  expect(room.last().buttons).toEqual([]);
  expect(await ctx.db.prisma.memory.count({ where: { contributorId: room.contributorId } })).toBe(1);
});

test("what is being worked on is stopped first, and nothing is deleted until then", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm() });
  const { id } = await room.ask({ status: "working" });
  await room.give("/me");
  await room.press("Delete what I said");
  expect(await room.press("Yes, delete it")).toContain("One thing of yours is still being worked on");
  const request = await ctx.db.prisma.request.findUniqueOrThrow({ where: { id } });
  expect(request.cancelAskedAt).not.toBeNull();
  await ctx.db.prisma.request.update({ where: { id }, data: { status: "cancelled" } });
  expect(await room.press("Yes, delete it")).toBeNull();
  expect(await ctx.db.prisma.request.findUnique({ where: { id } })).toBeNull();
});

test("in Russian the same", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm(), language: "ru" });
  expect((await room.give("/me")).text).toContain("Что я о вас храню");
  await room.press("Удалить мои слова");
  await room.press("Да, удалить");
  expect(room.last().text).toContain("**Удалено:** 1 сообщение, ни одной просьбы, ничего из памяти.");
});
