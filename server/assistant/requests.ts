import type { AssistantMode } from "#prisma/enums.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { joinBurst } from "#server/messages/index.ts";

import type { Session } from "./conversations.ts";
import type { HeardMessage } from "./heard.ts";
import { MOST_WAITING } from "./limits.ts";
import { greetRequest, workRequest } from "./jobs.ts";

export type Limits = { windowS: number; perPersonPerMinute: number; perSpacePerMinute: number };
type Wanted = { mode: AssistantMode; prompt: string };

/**
 * Takes a message as a request: a note joins the burst that its author has open, a question or a task is worked on at once, or as soon
 * as its files are here. In the transaction that records the message.
 * @returns null where the session is not the newest any more; nothing was requested then
 */
export async function takeRequest(
  tx: Tx,
  ctx: Ctx,
  heard: HeardMessage,
  session: Session,
  { mode, prompt }: Wanted,
  limits: Limits,
): Promise<true | null> {
  const isGathered = mode === "note" || heard.mediaGroupId !== null;
  if (!isGathered) {
    const requestId = await insertRequest(tx, ctx, heard, session, { mode, prompt, burstId: null }, limits);
    if (requestId === null) return null;
    await claimMessage(tx, heard.messageId, requestId);
    return true;
  }
  // What is gathered for something else ends: an album does not fall apart into two requests.
  await tx.query(
    `update bursts b set closed_at = $4 from requests r
      where b.chat_id = $1 and b.contributor_id = $2 and b.closed_at is null and r.burst_id = b.id and r.mode <> $3::"AssistantMode"`,
    [heard.chatId, heard.contributorId, mode, ctx.now()],
  );
  const joined = await joinBurst(tx, ctx, { ...heard, windowS: mode === "note" ? limits.windowS : 0 });
  const [known] = await tx.query<{ id: string }>("select id from requests where burst_id = $1", [joined.burstId]);
  const requestId =
    known?.id ?? (await insertRequest(tx, ctx, heard, session, { mode, prompt, burstId: joined.burstId }, limits));
  if (requestId === null) return null;
  await claimMessage(tx, heard.messageId, requestId);
  if (mode === "note" && heard.repliesToMessageId !== null && prompt === "") {
    await claimMessage(tx, heard.repliesToMessageId, requestId);
  }
  await enqueue(tx, workRequest, { spaceId: heard.spaceId, requestId }, { runAt: joined.dueAt });
  if (!known) await enqueue(tx, greetRequest, { spaceId: heard.spaceId, requestId });
  return true;
}

/** A message that asked for something is no part of an analysis; what it asked for knows it. */
async function claimMessage(tx: Tx, messageId: string, requestId: string): Promise<void> {
  await tx.query("update messages set request_id = $2 where id = $1 and request_id is null", [messageId, requestId]);
}

/**
 * Who asked as often as they may in the last minute waits until the first of these is a minute old; so does everybody where all of them
 * together did. Counted in the same statement, so that nobody slips through.
 */
async function insertRequest(
  tx: Tx,
  ctx: Ctx,
  heard: HeardMessage,
  session: Session,
  { mode, prompt, burstId }: Wanted & { burstId: string | null },
  limits: Limits,
): Promise<string | null> {
  const requestId = newId();
  const [row] = await tx.query<{ status: string; notBefore: Date | null }>(
    `with mine as (
         select coalesce(not_before, created_at) as at, status from requests where contributor_id = $4 order by created_at desc limit ${MOST_WAITING}
       ), everyone as (
         select coalesce(not_before, created_at) as at from requests where space_id = $2 and created_at > $10::timestamptz - interval '10 minutes'
       ), turn as (
         select greatest(
           (select at + interval '1 minute' from mine order by at desc offset $11 - 1 limit 1),
           (select at + interval '1 minute' from everyone order by at desc offset $12 - 1 limit 1)) as at
       )
       insert into requests (id, space_id, conversation_id, chat_id, contributor_id, burst_id, mode, status, prompt, model, language,
                             not_before, failure, created_at, finished_at)
       select $1, $2, c.id, $3, $4, $5, $6::"AssistantMode",
              (case when full_up then 'failed' when $5::uuid is null then 'waiting' else 'gathering' end)::"RequestStatus", $7, c.model, $13,
              case when turn.at > $10 then turn.at end, case when full_up then 'tooMany' end, $10, case when full_up then $10 end
         from conversations c, turn,
              (select count(*) >= ${MOST_WAITING} as full_up from requests
                where contributor_id = $4 and status in ('gathering', 'waiting', 'working')) as load
        where c.id = $8 and c.version = $9 and c.ended_at is null
       returning status, not_before as "notBefore"`,
    [
      requestId,
      heard.spaceId,
      heard.chatId,
      heard.contributorId,
      burstId,
      mode,
      prompt,
      session.id,
      session.version,
      ctx.now(),
      limits.perPersonPerMinute,
      limits.perSpacePerMinute,
      heard.language ?? "en",
    ],
  );
  if (!row) return null;
  const { status, notBefore } = row;
  if (burstId === null) {
    // One that has to wait, or was refused, says so at once.
    const runAt = status === "waiting" && notBefore ? { runAt: notBefore } : {};
    await enqueue(tx, workRequest, { spaceId: heard.spaceId, requestId }, runAt);
    if ("runAt" in runAt) await enqueue(tx, greetRequest, { spaceId: heard.spaceId, requestId });
  }
  return requestId;
}
