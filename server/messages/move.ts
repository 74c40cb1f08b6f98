import type { Channel } from "#prisma/enums.ts";
import type { Tx } from "#server/lib/db.ts";

/**
 * A chat goes on under another id, as a Telegram group does that becomes a supergroup: what was said stays where it is read,
 * and what is said from now on stands with it. Doing it again changes nothing.
 * The channel counts messages anew there, so the old ones get the old chat's id before theirs.
 */
export async function moveChat(
  tx: Tx,
  move: { spaceId: string; channel: Channel; from: string; to: string; kind: string },
): Promise<void> {
  const find = async (externalId: string) => {
    const [row] = await tx.query<{ id: string }>(
      "select id from chats where space_id = $1 and channel = $2 and external_id = $3 and thread_id = '' for update",
      [move.spaceId, move.channel, externalId],
    );
    return row?.id;
  };
  const oldId = await find(move.from);
  if (oldId === undefined) return;
  const newId = await find(move.to);
  const chatId = newId ?? oldId;
  await tx.query(
    `update messages m set chat_id = $2, external_id = $3 || ':' || external_id,
            reply_to_external_id = $3 || ':' || reply_to_external_id
      where chat_id = $1 and not exists (
        select from messages moved where moved.chat_id = $2 and moved.external_id = $3 || ':' || m.external_id)`,
    [oldId, chatId, move.from],
  );
  if (newId === undefined) {
    await tx.query("update chats set external_id = $2, kind = $3 where id = $1", [oldId, move.to, move.kind]);
    return;
  }
  await moveTalk(tx, { oldId, newId });
  // Someone spoke in the new chat first. What is still with the old one stands here already: the move was told twice.
  // Batches of past runs still name the old one; without any, nothing is left of it.
  await tx.query("delete from chats where id = $1 and not exists (select from batches where chat_id = $1)", [oldId]);
}

/** What Winnow and the people of a chat said to each other goes with it; what was open there ends, for the new chat may have its own. */
async function moveTalk(tx: Tx, { oldId, newId }: { oldId: string; newId: string }): Promise<void> {
  await tx.query("update bursts set closed_at = coalesce(closed_at, now()), chat_id = $2 where chat_id = $1", [
    oldId,
    newId,
  ]);
  await tx.query("update conversations set ended_at = coalesce(ended_at, now()), chat_id = $2 where chat_id = $1", [
    oldId,
    newId,
  ]);
  await tx.query("update requests set chat_id = $2 where chat_id = $1", [oldId, newId]);
  await tx.query(
    `update posts p set chat_id = $2
      where chat_id = $1 and not exists (select from posts known where known.chat_id = $2 and known.key = p.key)`,
    [oldId, newId],
  );
}
