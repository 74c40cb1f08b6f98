import pg from "pg";

import { type Door, lookAtDoor, movePairing } from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { note } from "#server/lib/log.ts";
import { moveChat, recordAuthors, recordMessage } from "#server/messages/index.ts";

import type { Bot } from "./addressed.ts";
import { meetAtDoor, type Outcome, UNHEARD } from "./door.ts";
import type { Ears } from "./ears.ts";
import { type Fields, fieldsOf, storable } from "./fields.ts";
import { readUpdate, type ReadUpdate } from "./incoming.ts";
import { hearEdit, hearMessage, hearReaction, hearStop, hearTap, markReachable } from "./listen.ts";
import { othersIn, withoutOthers } from "./others.ts";
import { isAboutTheServer } from "./trouble.ts";

/** Updates handled in one transaction. */
const BATCH_SIZE = 50;
/** How often a transaction that lost a deadlock is tried at once, before the job is given back. */
const DEADLOCK_TRIES = 4;

type Pending = { id: string; updateId: string; payload: string; receivedAt: Date };

/** Who is heard of those that are not let in, and by whom. */
export type Drain = {
  /** Telegram ids that may be heard without being let in; null for no such list. */
  allowedUserIds: ReadonlySet<string> | null;
  /** Null where there is none: nobody can be let in then, and only who knows the webhook's secret can send anything. */
  bot: {
    id: string;
    name: (ctx: Ctx) => Promise<string | null>;
    /** Makes hashes of ids that nobody else can look up. */
    secret: string;
  } | null;
  ears: Ears;
};

/**
 * Handles everything that waits in one lane, in the order of its update ids. Two calls for one lane take turns.
 * An update that cannot be understood is marked with why, and never stops those behind it.
 */
export async function handleLane(
  drain: Drain,
  ctx: Ctx,
  { chatKey, signal }: { chatKey: string; signal?: AbortSignal },
): Promise<void> {
  let handled = 0;
  // Asked before the transaction: nothing in the database waits for Telegram.
  const bot = drain.bot && { id: drain.bot.id, username: await drain.bot.name(ctx) };
  for (;;) {
    signal?.throwIfAborted();
    const count = await untilNoDeadlock(() =>
      transaction(ctx.db, (tx) => handleBatch({ drain, bot, ctx, tx }, chatKey)),
    );
    handled += count;
    note({ updates: handled });
    if (count < BATCH_SIZE) return;
  }
}

type Turn = { drain: Drain; bot: Bot | null; ctx: Ctx; tx: Tx };
type Batch = Turn & { spaceId: string; door: Door };

/** @returns how many updates were handled */
async function handleBatch(turn: Turn, chatKey: string): Promise<number> {
  const { tx, ctx } = turn;
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
  if (pending.length === 0) return 0;
  const reads = pending.map((update) => read(turn, space.id, update));
  const known = reads.flatMap(({ update }) => (update.type === "broken" ? [] : update));
  const door = await lookAtDoor(tx, {
    spaceId: space.id,
    channel: "telegram",
    personIds: [...known.flatMap(({ sender }) => sender ?? []), ...reads.flatMap(({ raw }) => othersIn(raw))],
    chatIds: known.flatMap(({ chatIds }) => chatIds),
  });
  const batch: Batch = { ...turn, spaceId: space.id, door };
  const heard = known.filter((each) => isHeard(batch, each) && !isOptedOut(batch, each));
  await recordAuthors(
    tx,
    heard.flatMap((each) => ("message" in each ? each.message : [])),
  );
  const handled: Handled[] = [];
  for (const [i, each] of pending.entries()) {
    const { update, raw } = reads[i]!;
    const outcome = await handleOne(batch, each, update);
    handled.push({ id: each.id, ...outcome, payload: outcome.isKept ? keepable(batch, update, raw) : "{}" });
  }
  await markHandled(tx, ctx, handled);
  return pending.length;
}

type Broken = { type: "broken" };

function read({ bot, ctx }: Turn, spaceId: string, pending: Pending): { update: ReadUpdate | Broken; raw: Fields } {
  try {
    const raw = fieldsOf(JSON.parse(pending.payload));
    return { update: readUpdate(raw, { spaceId, receivedAt: pending.receivedAt, bot }), raw };
  } catch (error) {
    ctx.log.error({ error, updateId: pending.updateId }, "telegram.handle could not read an update");
    return { update: { type: "broken" }, raw: {} };
  }
}

/** Whether anyone at all may be heard. */
const hearsAll = ({ drain, door }: Batch) => door.isOpen || (drain.bot === null && drain.allowedUserIds === null);

const isListed = ({ drain }: Batch, { sender }: ReadUpdate) =>
  sender !== null && drain.allowedUserIds?.has(sender) === true;

/** Asked anew for each update: one before it may have let someone in. */
function isHeard(batch: Batch, update: ReadUpdate): boolean {
  const { people, chats } = batch.door;
  const isPaired = update.sender !== null && people.has(update.sender);
  return hearsAll(batch) || isListed(batch, update) || isPaired || update.chatIds.some((id) => chats.has(id));
}

/** Whether it is said where others are by someone of whom nothing may be kept there. */
function isOptedOut({ door }: Batch, { sender, chat }: ReadUpdate): boolean {
  return sender !== null && door.optedOut.has(sender) && chat?.kind !== "private";
}

async function handleOne(batch: Batch, { updateId }: Pending, update: ReadUpdate | Broken): Promise<Outcome> {
  const { tx, ctx } = batch;
  // Whose it is cannot be told.
  if (update.type === "broken") return { words: "failed: it could not be read", isKept: hearsAll(batch) };
  const heard = isHeard(batch, update);
  if (update.type === "ignored") {
    return heard ? { words: `ignored: ${update.why.slice(0, 60)}`, isKept: update.isKept } : UNHEARD;
  }
  await tx.query("savepoint one_update");
  try {
    const outcome = await handleKnown(batch, update, heard);
    await tx.query("release savepoint one_update");
    return outcome;
  } catch (error) {
    if (isAboutTheServer(error)) throw error;
    // Fails as well, and ends the batch, when it is the connection that is gone.
    await tx.query("rollback to savepoint one_update");
    ctx.log.error({ error, updateId }, "telegram.handle could not record an update");
    return { words: "failed: it could not be recorded", isKept: heard };
  }
}

type Known = Exclude<ReadUpdate, { type: "ignored" }>;

async function handleKnown(batch: Batch, update: Known, heard: boolean): Promise<Outcome> {
  const { tx, ctx, drain, door, spaceId } = batch;
  if (update.type === "member") await markReachable(tx, spaceId, update);
  if (drain.bot) {
    const visit = {
      spaceId,
      update,
      door,
      secret: drain.bot.secret,
      isHeard: heard,
      isListed: isListed(batch, update),
    };
    const met = await meetAtDoor(tx, ctx, visit);
    if (met) return met;
  }
  if (!heard) return UNHEARD;
  const listening = { tx, ctx, ears: drain.ears, spaceId };
  const isUnkept = isOptedOut(batch, update);
  switch (update.type) {
    case "member":
      return { words: "noted: what the bot may do in a chat", isKept: true };
    case "tap":
      await hearTap(listening, update);
      return { words: "heard: a tap", isKept: !isUnkept };
    case "stopped":
      await hearStop(listening, update);
      return { words: "heard: a stop", isKept: true };
    case "reaction":
      if (!isUnkept) await hearReaction(listening, update);
      return { words: isUnkept ? OPTED_OUT : "heard: a reaction", isKept: !isUnkept };
    case "migrated":
    case "message":
  }
  if (isUnkept) return { words: OPTED_OUT, isKept: false };
  const recorded = await recordMessage(tx, ctx, update.message);
  if (update.type === "migrated") await follow(tx, update);
  else {
    if (update.movedFrom !== null)
      await movePairing(tx, { channel: "telegram", from: update.movedFrom, to: update.message.chat.externalId });
    if (recorded.outcome === "recorded" && !update.isEdit) await hearMessage(listening, update, recorded);
    if (recorded.outcome === "revised") await hearEdit(listening, recorded);
  }
  return { words: recorded.outcome, isKept: true };
}

/** The payload of an update of which something may be kept, where that is not all of it; null where it is. */
function keepable(batch: Batch, update: ReadUpdate | Broken, raw: Fields): string | null {
  if (update.type === "broken") return null;
  const botId = batch.bot?.id;
  return withoutOthers(raw, (sender) => {
    const other = { ...update, sender };
    return sender === botId || (isHeard(batch, other) && !isOptedOut(batch, other));
  });
}

const OPTED_OUT = "ignored: from someone who wants nothing kept of what they say in groups";

/** A group that became a supergroup goes on under its new id. */
async function follow(tx: Tx, { message, fromChatId: from, toChatId: to }: ReadUpdate & { type: "migrated" }) {
  await moveChat(tx, { spaceId: message.spaceId, channel: "telegram", from, to, kind: "supergroup" });
}

/** What became of an update; `payload` is put in the place of the one that came, unless it is null. */
type Handled = Outcome & { id: string; payload: string | null };

async function markHandled(tx: Tx, ctx: Ctx, handled: Handled[]): Promise<void> {
  // The lane of a private chat is the person's id; what is handled needs none.
  await tx.query(
    `update inbound_updates as u
        set handled_at = $1, outcome = done.words, payload = coalesce(done.payload, u.payload),
            chat_key = case when done.is_kept then u.chat_key else '-' end
       from unnest($2::uuid[], $3::text[], $4::text[], $5::boolean[]) as done (id, words, payload, is_kept)
      where u.id = done.id`,
    [
      ctx.now(),
      handled.map(({ id }) => id),
      // A kind is named by whoever sent it.
      handled.map(({ words }) => storable(words)),
      handled.map(({ payload }) => payload),
      handled.map(({ isKept }) => isKept),
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
