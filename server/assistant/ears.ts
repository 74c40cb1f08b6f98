import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";

import { keepMessage } from "./hear.ts";
import type { HeardReaction, HeardStop, HeardTap } from "./heard.ts";
import { pressButton, tellEdited } from "./jobs.ts";

/** The sign on a message that makes a note of it: one of the few that Telegram has. */
const KEEP_SIGN = "✍";

/** A tap on a button: who may do it, and what it does, is looked at by its job. */
export async function tap(tx: Tx, ctx: Ctx, heard: HeardTap): Promise<void> {
  const { spaceId, chatId, contributorId, token, tapId } = heard;
  // What is said after a cancel is something new.
  await tx.query(
    `update bursts b set closed_at = $4 from buttons t, requests r
      where t.token = $1 and t.action ->> 'do' = 'request.cancel' and r.id::text = t.action ->> 'requestId'
        and r.chat_id = $2 and r.contributor_id = $3 and b.id = r.burst_id and b.closed_at is null`,
    [token, chatId, contributorId, ctx.now()],
  );
  await enqueue(tx, pressButton, { spaceId, chatId, contributorId, token, tapId });
}

/** Someone changed a message: where it is in a note already, they are told that the note is as it was. */
export async function edited(tx: Tx, _ctx: Ctx, heard: { spaceId: string; messageId: string }): Promise<void> {
  const [note] = await tx.query<{ requestId: string }>(
    `select r.id as "requestId" from messages m join requests r on r.id = m.request_id
      where m.id = $1 and r.mode = 'note' and r.status = 'done' and r.result ->> 'type' = 'note' and r.result ->> 'since' is null`,
    [heard.messageId],
  );
  if (note) await enqueue(tx, tellEdited, { ...heard, ...note });
}

/** Whoever stops what is being written to them cancels what they asked last. */
export async function stop(tx: Tx, ctx: Ctx, { chatId, contributorId }: HeardStop): Promise<void> {
  await tx.query(
    `update requests set cancel_asked_at = $3
      where id = (select id from requests where chat_id = $1 and contributor_id = $2 and status = 'working' order by created_at desc limit 1)`,
    [chatId, contributorId, ctx.now()],
  );
}

/** Someone marks a message as worth keeping. */
export async function reacted(tx: Tx, ctx: Ctx, heard: HeardReaction): Promise<void> {
  if (heard.messageId === null || !heard.added.some((emoji) => emoji.startsWith(KEEP_SIGN))) return;
  await keepMessage(tx, ctx, {
    ...heard,
    messageId: heard.messageId,
    ...{
      text: "",
      command: null,
      isAddressed: true,
      answersWinnow: false,
      mediaGroupId: null,
      hasFiles: false,
      repliesToMessageId: null,
    },
  });
}
