import { hasRole } from "#server/auth/schema.ts";
import { type PostInput, say } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { addressesOf } from "./addresses.ts";
import type { AssistantDeps } from "./deps.ts";
import { retextNote } from "./note/presses.ts";
import { actorOf, personOf } from "./person.ts";
import { wordsFor } from "./speech.ts";

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
    include: {
      attachments: { select: { id: true } },
      contributor: { include: { settings: true, user: { include: { memberships: { where: { spaceId } } } } } },
    },
  });
  if (!message?.contributor) return;
  const { contributor } = message;
  const role = contributor.user?.memberships[0]?.role;
  // Whoever is no reviewer speaks for themselves: what they write is no approval.
  const isReviewer = role !== undefined && hasRole(role, "reviewer");
  const actor = isReviewer ? await personOf(ctx, contributor) : actorOf(contributor);
  const words = wordsFor(contributor);
  const rewrite = async (): Promise<PostInput> => {
    if (message.text.trim() === "" || message.attachments.length > 0) return { text: words("note.onlyWords") };
    const given = { spaceId, requestId: pending.requestId, text: message.text };
    const { request, note } = await retextNote(deps, { ...ctx, actor }, given, signal);
    const at = addressesOf(deps.appUrl, request.space.slug, request.chat.channel);
    return {
      text: `**${words("note.edited")}: ${escapeText(note.title)}**`,
      buttons: [[{ label: words("note.button.view"), url: at.note(note.id) }]],
    };
  };
  const content = await rewrite().catch((error: unknown): PostInput => {
    if (error instanceof AppError && error.code !== "unavailable" && error.code !== "cancelled") {
      return { text: escapeText(error.message) };
    }
    throw error;
  });
  await say(
    deps.channels,
    ctx,
    {
      ...{ spaceId, chatId: message.chatId, key: `input:${messageId}`, replyTo: message.externalId },
      ...{ subject: { type: "message", id: messageId }, content },
    },
    { signal },
  );
};
