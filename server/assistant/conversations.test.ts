import { describe, expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { changeSession, endSession } from "./conversations.ts";
import { hear } from "./hear.ts";
import type { HeardMessage } from "./heard.ts";

// Guarantees: the session of someone who spoke before costs no query; what was changed elsewhere is noticed all the same; a reset
// begins anew in the same mode.

async function open(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const chat = await make.chat({ spaceId });
  const { id: contributorId } = await make.contributor({ spaceId });
  const person = { spaceId, chatId: chat.id, contributorId };
  let count = 0;
  return {
    person,
    /** @returns the statements that it took */
    say: async (text: string, command: HeardMessage["command"] = null) => {
      const { id: messageId } = await make.message({ chatId: chat.id, contributorId, text });
      const statements: string[] = [];
      count += 1;
      const heard: HeardMessage = {
        ...{ ...person, channel: "telegram", isPrivate: true, language: null, messageId, externalId: String(count) },
        ...{
          text,
          command,
          isAddressed: true,
          answersWinnow: false,
          mediaGroupId: null,
          hasFiles: false,
          repliesToMessageId: null,
        },
      };
      await transaction(ctx.db, (tx) => {
        const watched: Tx = {
          ...tx,
          query: (sql, values) => {
            statements.push(sql);
            return tx.query(sql, values);
          },
        };
        return hear(watched, ctx, heard);
      });
      return statements;
    },
  };
}

/** Statements that only look a session up, or make one. */
const lookups = (statements: string[]) =>
  statements.filter(
    (sql) =>
      /from conversations\s+where|into conversations/i.test(sql.trim().replaceAll(/\s+/g, " ")) &&
      !sql.includes("into requests"),
  );

describe("a session", () => {
  test("of someone who spoke before is not asked for again", async ({ ctx, db, make }) => {
    const { say } = await open(ctx, make);
    await say("/ask", { name: "ask", words: "" });
    expect(lookups(await say("First?")).length).toBeGreaterThan(0);
    expect(lookups(await say("Second?"))).toEqual([]);
    expect(await db.prisma.request.count({ where: { mode: "ask" } })).toBe(2);
  });

  test("that was changed by another process is noticed with the next message", async ({ ctx, db, make }) => {
    const { person, say } = await open(ctx, make);
    await say("/ask", { name: "ask", words: "" });
    await say("First?");
    // As another process does it: this one remembers the older session.
    await db.pool.query("update conversations set mode = 'agent', version = version + 1 where chat_id = $1", [
      person.chatId,
    ]);
    await say("Second?");
    const requests = await db.prisma.request.findMany({
      where: { chatId: person.chatId },
      orderBy: { createdAt: "asc" },
    });
    expect(requests.map(({ mode }) => mode)).toEqual(["ask", "agent"]);
  });

  test("that is reset is another one, in the same mode and with the same model", async ({ ctx, db, make }) => {
    const { person, say } = await open(ctx, make);
    await transaction(ctx.db, (tx) => changeSession(tx, ctx, person, { mode: "ask", model: "some-model" }));
    await say("First?");
    await transaction(ctx.db, (tx) => endSession(tx, ctx, person));
    await say("Second?");
    const requests = await db.prisma.request.findMany({
      where: { chatId: person.chatId },
      orderBy: { createdAt: "asc" },
    });
    expect(requests.map(({ mode, model }) => [mode, model])).toEqual([
      ["ask", "some-model"],
      ["ask", "some-model"],
    ]);
    expect(requests[0]?.conversationId).not.toBe(requests[1]?.conversationId);
  });
});
