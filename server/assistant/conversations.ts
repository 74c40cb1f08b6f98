import type { AssistantMode } from "#prisma/enums.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { PendingInput } from "./schema.ts";

/** The open conversation of a person in a chat, as one remembers it. */
export type Session = {
  id: string;
  mode: AssistantMode;
  model: string | null;
  pendingInput: PendingInput | null;
  /** Raised by each change: what is done with an older one is refused by the rows, and done again with the new one. */
  version: number;
};

type Person = { spaceId: string; chatId: string; contributorId: string };

/** Sessions of those who spoke last, so that a message needs no query for it. */
const remembered = new Map<string, Session>();
const MOST_REMEMBERED = 5_000;
const keyOf = ({ chatId, contributorId }: Person) => `${chatId}:${contributorId}`;

/**
 * Does something with the session of a person, made where there is none. The work says by `null` that the rows know a newer one than
 * it was given; it is then done once more with that.
 */
export async function withSession<T>(
  tx: Tx,
  ctx: Ctx,
  person: Person,
  work: (session: Session) => Promise<T | null>,
): Promise<T> {
  const known = recall(person);
  const done = known && (await work(known));
  if (done !== null && done !== undefined) return done;
  const session = await openSession(tx, ctx, person);
  const again = await work(session);
  if (again === null) throw new Error("A conversation changed while its row was locked.");
  remember(person, session);
  return again;
}

/** Reads the open conversation and locks it; makes it where there is none. */
export async function openSession(tx: Tx, ctx: Ctx, person: Person): Promise<Session> {
  await tx.query(
    `insert into conversations (id, space_id, chat_id, contributor_id, started_at) values ($1, $2, $3, $4, $5)
     on conflict (chat_id, contributor_id) where ended_at is null do nothing`,
    [newId(), person.spaceId, person.chatId, person.contributorId, ctx.now()],
  );
  const [row] = await tx.query<Omit<Session, "pendingInput"> & { pendingInput: unknown }>(
    `select id, mode, model, version, pending_input as "pendingInput" from conversations
      where chat_id = $1 and contributor_id = $2 and ended_at is null for update`,
    [person.chatId, person.contributorId],
  );
  if (!row) throw new Error("A conversation that was just made could not be read.");
  const pending = PendingInput.safeParse(row.pendingInput);
  return { ...row, pendingInput: pending.success ? pending.data : null };
}

/** Changes mode, model or what is waited for; the conversation goes on. */
export async function changeSession(
  tx: Tx,
  ctx: Ctx,
  person: Person,
  change: { mode?: AssistantMode; model?: string | null; pendingInput?: PendingInput | null },
): Promise<Session> {
  const session = { ...(await openSession(tx, ctx, person)), ...change };
  await tx.query(
    "update conversations set mode = $2, model = $3, pending_input = $4, version = version + 1 where id = $1",
    [session.id, session.mode, session.model, session.pendingInput && JSON.stringify(session.pendingInput)],
  );
  remembered.delete(keyOf(person));
  return session;
}

/** Until when what someone was asked for is waited for. */
export const inTenMinutes = (ctx: Ctx): string => new Date(ctx.now().getTime() + 10 * 60_000).toISOString();

/** Ends the conversation: the next message begins another one, in the same mode and with the same model, that knows nothing of it. */
export async function endSession(tx: Tx, ctx: Ctx, person: Person): Promise<void> {
  const { id, mode, model } = await openSession(tx, ctx, person);
  await tx.query("update conversations set ended_at = $2, pending_input = null, version = version + 1 where id = $1", [
    id,
    ctx.now(),
  ]);
  await tx.query(
    `insert into conversations (id, space_id, chat_id, contributor_id, mode, model, started_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [newId(), person.spaceId, person.chatId, person.contributorId, mode, model, ctx.now()],
  );
  remembered.delete(keyOf(person));
}

function recall(person: Person): Session | undefined {
  const key = keyOf(person);
  const session = remembered.get(key);
  if (!session) return undefined;
  // Put last again: who spoke longest ago is forgotten first.
  remembered.delete(key);
  remembered.set(key, session);
  return session;
}

function remember(person: Person, session: Session): void {
  remembered.set(keyOf(person), session);
  if (remembered.size <= MOST_REMEMBERED) return;
  const [oldest] = remembered.keys();
  if (oldest !== undefined) remembered.delete(oldest);
}
