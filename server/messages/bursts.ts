import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

/** However much someone writes, a burst is over after this. */
const LONGEST_MS = 5 * 60_000;
/** The parts of an album come one by one, this close together. */
const ALBUM_MS = 1_500;

type NewBurstMessage = {
  spaceId: string;
  chatId: string;
  contributorId: string;
  messageId: string;
  mediaGroupId: string | null;
  /** How long after a message the next one still belongs to it; see the setting `messages.groupWindowS`. */
  windowS: number;
};

export type Joined = { burstId: string; isNew: boolean; dueAt: Date };

/**
 * Puts a message into the burst that its author has open in the chat, or opens one. Each message begins the window anew, up to five
 * minutes in all. Something that is an album and nothing else is over as soon as its last part is here.
 * To be called in the transaction that records the message; messages of one chat come one after another.
 */
export async function joinBurst(tx: Tx, ctx: Ctx, message: NewBurstMessage): Promise<Joined> {
  const at = ctx.now();
  // One that is over but not closed yet is left to its job: what comes now is something new.
  await tx.query(
    `update bursts set closed_at = $3 where chat_id = $1 and contributor_id = $2 and closed_at is null and due_at < $3`,
    [message.chatId, message.contributorId, at],
  );
  const [open] = await tx.query<{ id: string; openedAt: Date; isAlbum: boolean }>(
    `select b.id, b.opened_at as "openedAt",
            $3::text is not null and not exists (
              select from messages m join requests r on r.id = m.request_id
               where r.burst_id = b.id and m.media_group_id is distinct from $3) as "isAlbum"
       from bursts b where b.chat_id = $1 and b.contributor_id = $2 and b.closed_at is null for update`,
    [message.chatId, message.contributorId, message.mediaGroupId],
  );
  const isAlbum = open ? open.isAlbum : message.mediaGroupId !== null;
  const endsMs = at.getTime() + (isAlbum ? ALBUM_MS : message.windowS * 1000);
  const dueAt = new Date(Math.min(endsMs, (open?.openedAt ?? at).getTime() + LONGEST_MS));
  if (open) {
    await tx.query("update bursts set due_at = $2 where id = $1", [open.id, dueAt]);
    return { burstId: open.id, isNew: false, dueAt };
  }
  const burstId = newId();
  await tx.query(
    "insert into bursts (id, space_id, chat_id, contributor_id, opened_at, due_at) values ($1, $2, $3, $4, $5, $6)",
    [burstId, message.spaceId, message.chatId, message.contributorId, at, dueAt],
  );
  return { burstId, isNew: true, dueAt };
}

/**
 * Ends a burst whose window is over, or at once.
 * @returns when it will be over, or null where it is closed now
 */
export async function closeBurst(
  tx: Tx,
  ctx: Ctx,
  { burstId, isNow }: { burstId: string; isNow: boolean },
): Promise<Date | null> {
  const [row] = await tx.query<{ dueAt: Date; closedAt: Date | null }>(
    `update bursts set closed_at = case when closed_at is null and ($3 or due_at <= $2) then $2 else closed_at end
      where id = $1 returning due_at as "dueAt", closed_at as "closedAt"`,
    [burstId, ctx.now(), isNow],
  );
  return row && row.closedAt === null ? row.dueAt : null;
}
