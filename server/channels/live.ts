import { setTimeout as sleep } from "node:timers/promises";

import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import type { Channels } from "./channel.ts";
import { type NewPost, placeOf, type PostInput, revise, say } from "./posts.ts";

/** A post that changes while work goes on. */
export type LivePost = {
  /** What it is to say now. As often as one likes: only the newest is shown, no faster than the channel bears. */
  show: (content: PostInput) => void;
  /** Ends it: nothing is shown after this, and what was under way is waited for. */
  stop: () => Promise<void>;
};

/**
 * Says something that will change. What it says at the end is said with `say` under the same key, after `stop`.
 * A change that does not come through is no error: the next one, or the last word, takes its place.
 */
export async function sayLive(
  channels: Channels,
  ctx: Ctx,
  post: NewPost,
  { signal }: { signal: AbortSignal },
): Promise<LivePost> {
  const { postId, isShown } = await say(channels, ctx, post, { signal });
  const chat = await ctx.db.prisma.chat.findUniqueOrThrow({ where: { id: post.chatId } });
  const port = channels[chat.channel];
  if (!isShown || !port) return { show: () => {}, stop: async () => {} };

  const paceMs = port.paceMs(placeOf(chat));
  const ending = new AbortController();
  let next: PostInput | null = null;
  let lastMs = Date.now();
  let showing: Promise<void> | null = null;

  const drain = async () => {
    while (next !== null && !ending.signal.aborted) {
      const waitMs = lastMs + paceMs - Date.now();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: ending.signal }).catch(() => {});
      if (ending.signal.aborted) return;
      const content: PostInput = next;
      next = null;
      lastMs = Date.now();
      // Never cut off: the channel might still do it, after the last word.
      await revise(channels, ctx, { postId, content }, { signal }).catch((error: unknown) => {
        if (!(error instanceof AppError)) ctx.log.warn({ error, postId }, "channels.live could not show a change");
      });
    }
  };
  return {
    show: (content) => {
      next = content;
      showing ??= drain().finally(() => {
        showing = null;
      });
    },
    stop: async () => {
      ending.abort();
      await showing;
    },
  };
}
