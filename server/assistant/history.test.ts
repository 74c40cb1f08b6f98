import { expect } from "vitest";

import { newId } from "#server/lib/ids.ts";
import { test as base } from "#tests/support/test.ts";

import { historyOf } from "./history.ts";

/** Says things in a conversation of their own, two turns a request, a second apart. */
const test = base.extend<{ say: (...texts: string[]) => Promise<string> }>({
  say: async ({ db, make }, use) => {
    const { id: chatId, spaceId } = await make.chat();
    const { id: contributorId } = await make.contributor({ spaceId });
    const person = { spaceId, chatId, contributorId };
    await use(async (...texts) => {
      const conversationId = newId();
      const startedAt = new Date("2026-11-24T09:00:00Z");
      await db.prisma.conversation.create({ data: { id: conversationId, ...person, startedAt, endedAt: startedAt } });
      for (let at = 0; at < texts.length; at += 2) {
        const requestId = newId();
        await db.prisma.request.create({
          data: { id: requestId, ...person, conversationId, mode: "ask", status: "done", createdAt: startedAt },
        });
        for (const [offset, role] of (["user", "assistant"] as const).entries()) {
          const text = texts[at + offset];
          if (text === undefined) continue;
          const time = new Date(startedAt.getTime() + at * 1_000);
          await db.prisma.turn.create({
            data: { id: newId(), spaceId, conversationId, requestId, role, text, at: time },
          });
        }
      }
      return conversationId;
    });
  },
});

test("what was said comes oldest first, and nothing of other conversations", async ({ ctx, say }) => {
  await say("Other?", "Other.");
  const conversationId = await say("One?", "One.", "Two?", "Two.");
  expect(await historyOf(ctx, { conversationId })).toEqual([
    { role: "user", content: "One?" },
    { role: "assistant", content: "One." },
    { role: "user", content: "Two?" },
    { role: "assistant", content: "Two." },
  ]);
  expect(await historyOf(ctx, { conversationId: newId() })).toEqual([]);
});

test("the last turns come, as many as there is room for, and the first is the person's", async ({ ctx, say }) => {
  const conversationId = await say("One?", "One.", "Two?", "Two.", "Three?", "Three.");
  const read = async (given: object) =>
    (await historyOf(ctx, { conversationId, ...given })).map(({ content }) => content);
  expect(await read({ limitTurns: 3 })).toEqual(["Three?", "Three."]);
  expect(await read({ limitTurns: 4 })).toEqual(["Two?", "Two.", "Three?", "Three."]);
  expect(await read({ limitCharacters: 16 })).toEqual(["Three?", "Three."]);
  expect(await read({ limitCharacters: 5 })).toEqual([]);
});
