import { expect } from "vitest";

import type { Role } from "#server/auth/schema.ts";
import { command, commandPresses, input } from "#server/assistant/commands/index.ts";
import type { AssistantDeps } from "#server/assistant/deps.ts";
import { press, type Presses } from "#server/assistant/tap.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import type { Llm } from "#server/llm/index.ts";

import { fakeChannel, type ShownPost, tokenOf } from "./fake-channel.ts";
import type { Make } from "./make.ts";

type Given = {
  llm: Llm;
  spaceId?: string;
  /** Of the user that the person is linked to; null for nobody. */
  role?: Role | null;
  language?: string;
  kind?: "private" | "supergroup";
};

let people = 0;

/** A person in a chat with Winnow, who gives commands, presses what they see and types what they are asked for. */
export async function commandRoom(ctx: Ctx, make: Make, given: Given) {
  const { llm, role = null, language = "en", kind = "private" } = given;
  const spaceId = given.spaceId ?? (await make.space({ name: "Harbour" })).id;
  const { prisma } = ctx.db;
  people += 1;
  const externalId = String(7_000_000 + people);
  const made = await make.chat({ spaceId });
  const chat = await prisma.chat.update({ where: { id: made.id }, data: { kind } });
  const user = role ? await make.user({ spaceId, role, name: "Ada Quist" }) : null;
  const { id: contributorId } = await make.contributor({ spaceId, displayName: "Nora Field" });
  const settle = (data: { userId?: string | null; language?: string; externalId?: string }) =>
    prisma.contributor.update({ where: { id: contributorId }, data });
  await settle({ externalId, language, userId: user?.id ?? null });

  const channel = fakeChannel();
  const deps: AssistantDeps = {
    channels: { telegram: channel.port },
    llm,
    kbs: {
      open: async () => {
        throw new AppError("unavailable", "No command opens the knowledge base.");
      },
      close: async () => {},
    },
    readPage: async () => {
      throw new AppError("unavailable", "No command reads a page.");
    },
    appUrl: "https://winnow.example",
  };
  const { signal } = new AbortController();
  const place = { spaceId, chatId: chat.id, contributorId };
  const say = (text: string) => make.message({ chatId: chat.id, contributorId, text });
  const conversation = () =>
    prisma.conversation.findFirst({ where: { chatId: chat.id, contributorId, endedAt: null } });
  const last = (): ShownPost => {
    const post = channel.in(chat).at(-1);
    expect(post).toBeDefined();
    return post!;
  };
  const pressToken = async (token: string, by: { contributorId: string } = place) => {
    const { words } = await press(
      { ...deps, presses: commandPresses as Presses },
      ctx,
      { ...place, ...by, token },
      signal,
    );
    return words;
  };

  return {
    ...{ spaceId, chat, contributorId, externalId, user, channel, deps, signal, say, conversation, last, pressToken },
    posts: () => channel.in(chat),
    /** Gives a command. @returns what is said to it */
    give: async (line: string): Promise<ShownPost> => {
      const { id: messageId } = await say(line);
      const [, name = "", words = ""] = /^\/(\w+)\s*([\s\S]*)$/.exec(line) ?? [];
      await command(deps, ctx, { spaceId, messageId, name, words }, signal);
      return last();
    },
    /** Presses a button of the last post. @returns the short word for it */
    press: (label: string) => pressToken(tokenOf(last(), label)),
    /** Sends a plain message while something is waited for: the next one that comes is the value. */
    type: async (text: string): Promise<void> => {
      const { id: messageId } = await say(text);
      const open = await conversation();
      expect(open?.pendingInput).not.toBeNull();
      await ctx.db.pool.query("update conversations set pending_input = null, version = version + 1 where id = $1", [
        open!.id,
      ]);
      const other = async () => {
        throw new Error("This was typed for something else.");
      };
      const inputs = { note: other, objection: other };
      await input({ ...deps, inputs }, ctx, { spaceId, messageId, pending: open!.pendingInput }, signal);
    },
    /** Gives the user another role in the space; null takes them out. */
    become: async (next: Role | null) => {
      const where = { spaceId, userId: user!.id };
      if (next) await prisma.membership.updateMany({ where, data: { role: next } });
      else await prisma.membership.deleteMany({ where });
    },
    /** A request of the person, in this chat, with a conversation of its own. */
    ask: async (
      data: { status?: "gathering" | "waiting" | "working" | "done"; prompt?: string; result?: object } = {},
    ) => {
      const at = ctx.now();
      const open =
        (await conversation()) ??
        (await prisma.conversation.create({ data: { id: newId(), ...place, startedAt: at } }));
      return prisma.request.create({
        data: {
          ...{ id: newId(), ...place, conversationId: open.id, mode: "ask", createdAt: at },
          ...{ status: data.status ?? "done", prompt: data.prompt ?? "Who has the key?" },
          ...(data.result ? { result: data.result } : {}),
        },
      });
    },
  };
}
