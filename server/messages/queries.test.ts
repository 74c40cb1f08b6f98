import fc from "fast-check";
import { expect } from "vitest";

import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { test } from "#tests/support/test.ts";

import { type IncomingMessage, recordMessage } from "./index.ts";
import { listChats, ListInput, listMessages, listRevisions, messagesAround } from "./queries.ts";

// Guarantees: a page never skips or repeats a message; a search never fails; a space never sees another's messages.

const incoming = (spaceId: string, given: Partial<IncomingMessage>): IncomingMessage => ({
  spaceId,
  channel: "telegram",
  chat: {
    externalId: "-5",
    threadId: "",
    kind: "group",
    title: "Bakery",
    isTitleKnown: true,
    username: null,
  },
  author: { externalId: "1", displayName: "Olga", username: null, isBot: false },
  externalId: newId(),
  kind: "text",
  text: "",
  entities: [],
  forwardOrigin: null,
  replyToExternalId: null,
  mediaGroupId: null,
  permalink: null,
  sentAt: new Date("2026-03-01T08:00:00Z"),
  editedAt: null,
  ...given,
});

test("pages go back in time without a gap or a repetition, many messages in one second included", async ({
  ctx,
  db,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const sent: string[] = [];
  for (let i = 0; i < 25; i += 1) {
    const sentAt = new Date(Date.UTC(2026, 2, 1, 8, 0, Math.floor(i / 10)));
    const { messageId } = await transaction(db, (tx) =>
      recordMessage(tx, ctx, incoming(spaceId, { text: `line ${i}`, sentAt })),
    );
    sent.push(messageId);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listMessages(ctx, { ...ListInput.parse({ cursor, limit: 7 }), spaceId });
    seen.push(...page.items.map((item) => item.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(sent.toReversed());
});

test("a message tells what it answers, what it led to and what it said before", async ({ ctx, db, make }) => {
  const { id: spaceId } = await make.space();
  const record = (given: Partial<IncomingMessage>) =>
    transaction(db, (tx) => recordMessage(tx, ctx, incoming(spaceId, given)));
  const question = await record({ externalId: "1", text: `Who bakes? ${"x".repeat(200)}` });
  const answer = await record({
    externalId: "2",
    text: "I do",
    replyToExternalId: "1",
    forwardOrigin: { type: "hidden_user", sender_user_name: "Pavel" },
    author: null,
    sentAt: new Date("2026-03-01T08:01:00Z"),
  });
  await record({ externalId: "3", text: "To someone we never heard", replyToExternalId: "404" });
  await record({ externalId: "2", text: "I do not", editedAt: new Date("2026-03-01T08:02:00Z") });
  const { id: proposalId } = await make.proposal({ spaceId, title: "Bake" });
  await db.prisma.proposalEvidence.create({
    data: {
      id: newId(),
      spaceId,
      proposalId,
      messageId: answer.messageId,
      revision: 1,
      startOffset: 0,
      endOffset: 4,
      quote: "I do",
      position: 1,
    },
  });

  const { items } = await messagesAround(ctx, { spaceId, messageId: question.messageId, radius: 5 });
  const found = items.find((item) => item.id === answer.messageId);
  expect(found).toMatchObject({
    chatTitle: "Bakery",
    authorName: "Bakery",
    text: "I do not",
    revision: 2,
    forwardedFrom: "Pavel",
    replyTo: { messageId: question.messageId, authorName: "Olga" },
    ledTo: [{ proposalId, kind: "task", title: "Bake", status: "pending" }],
  });
  expect(found?.replyTo?.excerpt).toHaveLength(120);
  expect(items.find((item) => item.text.startsWith("To someone"))?.replyTo).toEqual({
    messageId: null,
    authorName: null,
    excerpt: "",
  });
  const revisions = await listRevisions(ctx, { spaceId, messageId: answer.messageId });
  expect(revisions).toMatchObject([{ revision: 1, text: "I do" }]);
});

test("a search finds words and parts of words, in any script and case", async ({ ctx, db, make }) => {
  const { id: spaceId } = await make.space();
  const texts = ["Погрузка перенесена на пятницу", "Renew the HARBOUR permit", "100% sure", "a_b", "totally else"];
  for (const text of texts) await transaction(db, (tx) => recordMessage(tx, ctx, incoming(spaceId, { text })));
  const find = async (search: string) => {
    const { items } = await listMessages(ctx, { ...ListInput.parse({ search }), spaceId });
    return items.map((item) => item.text);
  };
  expect(await find("пятницу погрузка")).toEqual([texts[0]]);
  expect(await find("ПЕРЕНЕС")).toEqual([texts[0]]);
  expect(await find("harbour permit")).toEqual([texts[1]]);
  expect(await find("arbou")).toEqual([texts[1]]);
  expect(await find("0%")).toEqual([texts[2]]);
  expect(await find("a_b")).toEqual([texts[3]]);
  expect(await find("  ")).toHaveLength(5);
});

test("no search fails, whatever is typed", async ({ ctx, make }) => {
  const { spaceId } = await make.message();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (search) => {
      const page = await listMessages(ctx, { ...ListInput.parse({ search }), spaceId });
      expect(page.items.length).toBeLessThanOrEqual(1);
    }),
    {
      numRuns: 200,
      examples: [["\0"], ["\\"], ["%"], ['"'], ["a & | ! ( :* <->"], ["'; drop table messages; --"], ["\ud800"], ["-"]],
    },
  );
});

test("a space does not see another's messages, by list, search, neighbourhood, revision, chat or cursor", async ({
  ctx,
  make,
}) => {
  const theirs = await make.message({ text: "Not for you" });
  const { id: spaceId } = await make.space();
  const list = (input: object) => listMessages(ctx, { ...ListInput.parse(input), spaceId });
  expect((await list({})).items).toEqual([]);
  expect((await list({ search: "not for you" })).items).toEqual([]);
  expect((await list({ chatId: theirs.chatId })).items).toEqual([]);
  expect((await list({ cursor: theirs.id })).items).toEqual([]);
  expect(await listRevisions(ctx, { spaceId, messageId: theirs.id })).toEqual([]);
  expect(await listChats(ctx, { spaceId })).toEqual([]);
  await expect(messagesAround(ctx, { spaceId, messageId: theirs.id, radius: 5 })).rejects.toMatchObject({
    code: "not_found",
  });
});
