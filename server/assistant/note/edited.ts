import { say } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { button } from "../buttons.ts";
import type { AssistantDeps } from "../deps.ts";
import { requestRow } from "../request-row.ts";
import { RequestResult } from "../schema.ts";
import { wordsFor } from "../speech.ts";

/** Says to whoever changed a message that the note made of it is as it was, once for each note, with the way to change that too. */
export async function sayEdited(
  deps: AssistantDeps,
  ctx: Ctx,
  { spaceId, requestId, messageId }: { spaceId: string; requestId: string; messageId: string },
  signal: AbortSignal,
): Promise<void> {
  const request = await requestRow(ctx.db, { spaceId, requestId });
  const result = RequestResult.safeParse(request?.result);
  const message = request?.messages.find(({ id }) => id === messageId);
  if (!request || !message || !result.success || result.data.type !== "note" || result.data.since) return;
  const words = wordsFor(request.contributor);
  await say(
    deps.channels,
    ctx,
    {
      ...{ spaceId, chatId: request.chatId, key: `edited:${requestId}`, replyTo: message.externalId, isQuiet: true },
      subject: { type: "request", id: requestId },
      content: {
        text: words("note.sourceEdited", { title: escapeText(result.data.note.title) }),
        buttons: [[button(words("note.button.edit"), { do: "note.edit", requestId })]],
      },
    },
    { signal },
  );
}
