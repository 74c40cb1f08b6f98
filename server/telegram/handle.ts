import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { note } from "#server/lib/log.ts";
import { recordMessage } from "#server/messages/index.ts";

import { readUpdate, senderOf } from "./incoming.ts";

/** Updates handled in one transaction. */
const BATCH_SIZE = 50;

type Pending = { id: string; updateId: string; payload: string };
type Policy = {
  /** Telegram user ids that may be heard; null for everyone. */
  allowedUserIds: ReadonlySet<string> | null;
};

/**
 * Handles everything that waits in one lane, in the order of its update ids. Two calls for one lane take turns.
 * An update that cannot be understood is marked with why, and never stops those behind it.
 */
export async function handleLane(policy: Policy, ctx: Ctx, { chatKey }: { chatKey: string }): Promise<void> {
  let handled = 0;
  for (;;) {
    const count = await transaction(ctx.db, (tx) => handleBatch(policy, ctx, tx, chatKey));
    handled += count;
    if (count < BATCH_SIZE) break;
  }
  note({ updates: handled });
}

async function handleBatch(policy: Policy, ctx: Ctx, tx: Tx, chatKey: string): Promise<number> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`telegram.handle:${chatKey}`]);
  // Everything belongs to the first space. Before there is one, updates wait: setting up a space wakes their lanes.
  const [space] = await tx.query<{ id: string }>("select id from spaces order by created_at, id limit 1");
  if (!space) return 0;
  // Update ids start anew after a quiet week, but not while some are waiting.
  const pending = await tx.query<Pending>(
    `select id, update_id as "updateId", payload from inbound_updates
      where chat_key = $1 and handled_at is null order by update_id limit $2`,
    [chatKey, BATCH_SIZE],
  );
  for (const update of pending) await handleOne(policy, ctx, tx, space.id, update);
  return pending.length;
}

async function handleOne(policy: Policy, ctx: Ctx, tx: Tx, spaceId: string, pending: Pending): Promise<void> {
  const update = JSON.parse(pending.payload) as object;
  const sender = senderOf(update);
  if (policy.allowedUserIds && (sender === null || !policy.allowedUserIds.has(sender))) {
    // Nothing of someone who is not on the list is kept.
    await markHandled(tx, ctx, pending.id, "ignored: not on the list of allowed users", "{}");
    return;
  }
  await tx.query("savepoint one_update");
  try {
    await markHandled(tx, ctx, pending.id, await act(tx, ctx, spaceId, update));
    await tx.query("release savepoint one_update");
  } catch (error) {
    if (!isDataError(error)) throw error;
    await tx.query("rollback to savepoint one_update");
    ctx.log.error({ error, updateId: pending.updateId }, "telegram.handle could not record an update");
    await markHandled(tx, ctx, pending.id, "failed: it could not be recorded");
  }
}

async function act(tx: Tx, ctx: Ctx, spaceId: string, update: object): Promise<string> {
  const read = readUpdate(update, spaceId);
  switch (read.type) {
    case "message":
      return (await recordMessage(tx, ctx, read.message)).outcome;
    case "migrated": {
      const { outcome } = await recordMessage(tx, ctx, read.message);
      await followChat(tx, ctx, spaceId, read);
      return outcome;
    }
    case "ignored":
      return `ignored: ${read.kind.slice(0, 60)}`;
  }
}

/** A group that became a supergroup goes on under its new id. */
async function followChat(
  tx: Tx,
  ctx: Ctx,
  spaceId: string,
  { fromChatId, toChatId }: { fromChatId: string; toChatId: string },
): Promise<void> {
  const moved = await tx.query<{ id: string }>(
    `update chats set external_id = $3, kind = 'supergroup'
      where space_id = $1 and channel = 'telegram' and external_id = $2
        and not exists (select from chats there where there.space_id = $1 and there.channel = 'telegram'
                         and there.external_id = $3 and there.thread_id = chats.thread_id)
     returning id`,
    [spaceId, fromChatId, toChatId],
  );
  for (const { id } of moved) {
    emit(tx, {
      spaceId,
      type: "message.updated",
      subjectId: id,
      payload: { chatId: id },
      actor: ctx.actor,
      at: ctx.now(),
    });
  }
}

async function markHandled(tx: Tx, ctx: Ctx, id: string, outcome: string, payload?: string): Promise<void> {
  await tx.query(
    "update inbound_updates set handled_at = $2, outcome = $3, payload = coalesce($4, payload) where id = $1",
    [id, ctx.now(), outcome.replaceAll("\0", "").toWellFormed(), payload ?? null],
  );
}

/** Class 22 of Postgres's errors: the data itself is the trouble, so another try would end the same. */
function isDataError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("22");
}
