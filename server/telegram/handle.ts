import pg from "pg";

import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { note } from "#server/lib/log.ts";
import { moveChat, recordAuthors, recordMessage } from "#server/messages/index.ts";

import { fieldsOf } from "./fields.ts";
import { readUpdate, type ReadUpdate, senderOf } from "./incoming.ts";

/** Updates handled in one transaction. */
const BATCH_SIZE = 50;
/** How often a transaction that lost a deadlock is tried at once, before the job is given back. */
const DEADLOCK_TRIES = 4;

type Pending = { id: string; updateId: string; payload: string; receivedAt: Date };
export type Policy = {
  /** Telegram ids that may be heard; null for everyone. */
  allowedUserIds: ReadonlySet<string> | null;
};

/**
 * Handles everything that waits in one lane, in the order of its update ids. Two calls for one lane take turns.
 * An update that cannot be understood is marked with why, and never stops those behind it.
 */
export async function handleLane(
  policy: Policy,
  ctx: Ctx,
  { chatKey, signal }: { chatKey: string; signal?: AbortSignal },
): Promise<void> {
  let handled = 0;
  for (;;) {
    signal?.throwIfAborted();
    const count = await untilNoDeadlock(() => transaction(ctx.db, (tx) => handleBatch(policy, ctx, tx, chatKey)));
    handled += count;
    note({ updates: handled });
    if (count < BATCH_SIZE) return;
  }
}

/** @returns how many updates were handled */
async function handleBatch(policy: Policy, ctx: Ctx, tx: Tx, chatKey: string): Promise<number> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`telegram.handle:${chatKey}`]);
  // Everything belongs to the first space. Before there is one, updates wait; their lanes are woken when it is made.
  const [space] = await tx.query<{ id: string }>("select id from spaces order by created_at, id limit 1");
  if (!space) return 0;
  // Update ids start anew after a quiet week, but not while some are waiting.
  const pending = await tx.query<Pending>(
    `select id, update_id as "updateId", payload, received_at as "receivedAt" from inbound_updates
      where chat_key = $1 and handled_at is null order by update_id limit $2`,
    [chatKey, BATCH_SIZE],
  );
  const reads = pending.map((update) => read(policy, ctx, space.id, update));
  await recordAuthors(
    tx,
    reads.flatMap((each) => ("message" in each ? each.message : [])),
  );
  const outcomes: Outcome[] = [];
  for (const [i, update] of pending.entries()) outcomes.push(await handleOne(ctx, tx, update, reads[i]!));
  await markHandled(tx, ctx, pending, outcomes);
  return pending.length;
}

type Read = ReadUpdate | { type: "stranger" } | { type: "broken" };

function read(policy: Policy, ctx: Ctx, spaceId: string, pending: Pending): Read {
  try {
    const update = fieldsOf(JSON.parse(pending.payload));
    const sender = senderOf(update);
    if (policy.allowedUserIds && (sender === null || !policy.allowedUserIds.has(sender))) return { type: "stranger" };
    return readUpdate(update, { spaceId, receivedAt: pending.receivedAt });
  } catch (error) {
    ctx.log.error({ error, updateId: pending.updateId }, "telegram.handle could not read an update");
    return { type: "broken" };
  }
}

/** What became of an update, in words; and whether its payload may be kept. */
type Outcome = { words: string; isPayloadKept: boolean };
const kept = (words: string): Outcome => ({ words, isPayloadKept: true });

async function handleOne(ctx: Ctx, tx: Tx, { updateId }: Pending, update: Read): Promise<Outcome> {
  switch (update.type) {
    case "stranger":
      // Nothing of someone who is not on the list is kept.
      return { words: "ignored: not on the list of allowed users", isPayloadKept: false };
    case "broken":
      return kept("failed: it could not be read");
    case "ignored":
      return kept(`ignored: ${update.why.slice(0, 60)}`);
    case "migrated":
    case "message":
  }
  await tx.query("savepoint one_update");
  try {
    const { outcome } = await recordMessage(tx, ctx, update.message);
    if (update.type === "migrated") await follow(tx, update);
    await tx.query("release savepoint one_update");
    return kept(outcome);
  } catch (error) {
    if (isAboutTheServer(error)) throw error;
    // Fails as well, and ends the batch, when it is the connection that is gone.
    await tx.query("rollback to savepoint one_update");
    ctx.log.error({ error, updateId }, "telegram.handle could not record an update");
    return kept("failed: it could not be recorded");
  }
}

/** A group that became a supergroup goes on under its new id. */
async function follow(tx: Tx, { message, fromChatId: from, toChatId: to }: ReadUpdate & { type: "migrated" }) {
  await moveChat(tx, { spaceId: message.spaceId, channel: "telegram", from, to, kind: "supergroup" });
}

async function markHandled(tx: Tx, ctx: Ctx, pending: Pending[], outcomes: Outcome[]): Promise<void> {
  if (pending.length === 0) return;
  await tx.query(
    `update inbound_updates as u
        set handled_at = $1, outcome = done.words, payload = case when done.is_payload_kept then u.payload else '{}' end
       from unnest($2::uuid[], $3::text[], $4::boolean[]) as done (id, words, is_payload_kept) where u.id = done.id`,
    [
      ctx.now(),
      pending.map((update) => update.id),
      // A kind is named by whoever sent it.
      outcomes.map(({ words }) => words.replaceAll("\0", "�").toWellFormed()),
      outcomes.map(({ isPayloadKept }) => isPayloadKept),
    ],
  );
}

/** Two chats that rename the same people again and again may wait for each other; Postgres lets one of them go first. */
async function untilNoDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= DEADLOCK_TRIES || !(error instanceof pg.DatabaseError) || error.code !== "40P01") throw error;
    }
  }
}

/**
 * Whether Postgres is the trouble (full, stopping, busy with others) and another try may end well. Anything else is about this
 * one update: data that Postgres does not take, or a shape that we did not think of.
 */
function isAboutTheServer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !/^(?:22|23|54)/.test(error.code ?? "");
}
