import { say } from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import type { AssistantDeps } from "./deps.ts";
import { retextNote } from "./note/presses.ts";

export type Input<Pending> = (
  deps: AssistantDeps,
  ctx: Ctx,
  input: { spaceId: string; messageId: string; pending: Pending },
  signal: AbortSignal,
) => Promise<void>;

/** The new text of a note, sent because its Edit button was pressed. */
export const noteInput: Input<{ for: "note"; requestId: string }> = async (
  deps,
  ctx,
  { spaceId, messageId, pending },
  signal,
) => {
  const message = await ctx.db.prisma.message.findFirst({
    where: { id: messageId, spaceId },
    include: { contributor: true },
  });
  if (!message?.contributor) return;
  const actor = {
    type: "contributor",
    contributorId: message.contributor.id,
    name: message.contributor.displayName,
  } as const;
  const text = await retextNote({ ...ctx, actor }, { spaceId, requestId: pending.requestId, text: message.text }).catch(
    (error: unknown) => {
      if (error instanceof AppError && error.code !== "unavailable") return error.message;
      throw error;
    },
  );
  await say(
    deps.channels,
    ctx,
    {
      ...{ spaceId, chatId: message.chatId, key: `input:${messageId}`, replyTo: message.externalId },
      ...{ subject: { type: "message", id: messageId }, content: { text } },
    },
    { signal },
  );
};
