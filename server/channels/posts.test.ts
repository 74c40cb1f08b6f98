import { describe, expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import { fakeChannel } from "#tests/support/fake-channel.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { revise, say } from "./index.ts";

// Guarantees: what is said under one key is one message; what was written and not shown is shown by whoever comes next; a button does
// what it did when it was shown; a chat that does not want us is left alone.

const signal = new AbortController().signal;

async function open(make: Make) {
  const { id: spaceId } = await make.space();
  const chat = await make.chat({ spaceId });
  const channel = fakeChannel();
  const post = (key: string, text: string, labels: string[] = []) => ({
    ...{ spaceId, chatId: chat.id, key, subject: { type: "test", id: newId() } },
    content: { text, buttons: [labels.map((label) => ({ label, action: { do: label } }))] },
  });
  return { chat, channel, channels: { telegram: channel.port }, post, shown: () => channel.in(chat) };
}

describe("a post", () => {
  test("said again is the same message with other content", async ({ ctx, make }) => {
    const { channels, post, shown } = await open(make);
    await say(channels, ctx, post("a", "One"), { signal });
    await say(channels, ctx, post("a", "Two"), { signal });
    await say(channels, ctx, post("a", "Two"), { signal });
    await say(channels, ctx, post("b", "Other"), { signal });
    expect(shown().map(({ text, before }) => [text, before.length])).toEqual([
      ["Two", 1],
      ["Other", 0],
    ]);
  });

  test("whose change was written and not shown is shown by the next who says the same", async ({ ctx, make }) => {
    const { channels, channel, post, shown } = await open(make);
    const { postId } = await say(channels, ctx, post("a", "One"), { signal });
    const { edit } = channel.port;
    channel.port.edit = () => Promise.reject(new AppError("unavailable", "Down."));
    await expect(revise(channels, ctx, { postId, content: { text: "Two" } }, { signal })).rejects.toThrow("Down.");
    channel.port.edit = edit;
    await revise(channels, ctx, { postId, content: { text: "Two" } }, { signal });
    expect(shown().map(({ text }) => text)).toEqual(["Two"]);
  });

  test("keeps the tokens of buttons that stay, and drops those of others", async ({ ctx, db, make }) => {
    const { channels, post } = await open(make);
    const { postId } = await say(channels, ctx, post("a", "One", ["stay", "go"]), { signal });
    const tokens = async () =>
      new Map(
        (await db.prisma.button.findMany({ where: { postId } })).map((row) => [JSON.stringify(row.action), row.token]),
      );
    const before = await tokens();
    await say(channels, ctx, post("a", "Two", ["come", "stay"]), { signal });
    const after = await tokens();
    expect([...after.keys()].toSorted()).toEqual(['{"do":"come"}', '{"do":"stay"}']);
    expect(after.get('{"do":"stay"}')).toBe(before.get('{"do":"stay"}'));
  });

  test("changed by many at once ends with what the row says", async ({ ctx, db, make }) => {
    const { channels, post, shown } = await open(make);
    const { postId } = await say(channels, ctx, post("a", "0"), { signal });
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        revise(channels, ctx, { postId, content: { text: String(i + 1) } }, { signal }),
      ),
    );
    const row = await db.prisma.post.findUniqueOrThrow({ where: { id: postId } });
    expect(shown().map(({ text }) => text)).toEqual([(row.content as { text: string }).text]);
  });

  test("that several say at the same moment is sent once; a first word does not come after another", async ({
    ctx,
    make,
  }) => {
    const { channels, post, shown } = await open(make);
    await Promise.all(["1", "2", "3", "4"].map((text) => say(channels, ctx, post("a", text), { signal })));
    expect(shown()).toHaveLength(1);
    const { text } = shown()[0]!;
    await say(channels, ctx, { ...post("a", "too late"), isFirstWord: true }, { signal });
    expect(shown().map((each) => each.text)).toEqual([text]);
  });

  test("whose change the channel refuses is said anew, for nobody may be left with “working”", async ({
    ctx,
    make,
  }) => {
    const { channels, channel, post, shown } = await open(make);
    await say(channels, ctx, post("a", "Working"), { signal });
    channel.port.edit = () => Promise.reject(new AppError("invalid_input", "Refused."));
    await say(channels, ctx, post("a", "Done"), { signal });
    expect(shown().map(({ text }) => text)).toEqual(["Working", "Done"]);
  });

  test("into a chat that does not want us is kept, and the chat is marked", async ({ ctx, db, make }) => {
    const { channels, channel, chat, post } = await open(make);
    channel.close(chat);
    expect(await say(channels, ctx, post("a", "One"), { signal })).toMatchObject({ isShown: false });
    expect((await unreachable(ctx, chat.id))?.length).toBeGreaterThan(5);
    expect(await db.prisma.post.count({ where: { chatId: chat.id } })).toBe(1);
  });
});

async function unreachable(ctx: Ctx, id: string) {
  return (await ctx.db.prisma.chat.findUniqueOrThrow({ where: { id } })).unreachable;
}
