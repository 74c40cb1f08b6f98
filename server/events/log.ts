import type { Actor } from "#server/lib/ctx.ts";
import type { Db, Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { type EventNotice, type EventTopic, type EventType, topicOf } from "./schema.ts";

/** The Postgres channel that wakes tails up; the table is the truth. */
export const WAKE_UP_CHANNEL = "winnow_events";

export type NewEvent = {
  spaceId: string;
  type: EventType;
  /** The row it is about. */
  subjectId: string;
  /** Ids and numbers that say more, never content. */
  payload?: Record<string, unknown>;
  actor: Actor;
  at: Date;
};

/** A row of the log. */
export type LoggedEvent = Required<Omit<NewEvent, "at">> & { seq: number; id: string; topic: EventTopic; at: Date };

const unwritten = new WeakMap<Tx, NewEvent[]>();

/**
 * Announces a fact with the transaction that makes it true: it is in the log when that commits, or nowhere.
 * The rows are written as the last statement, because the counter of a space is locked from there to COMMIT.
 */
export function emit(tx: Tx, event: NewEvent): void {
  const waiting = unwritten.get(tx);
  if (waiting) {
    waiting.push(event);
    return;
  }
  const events = [event];
  unwritten.set(tx, events);
  tx.beforeCommit("events", () => writeEvents(tx, events));
}

/** The events of a space after a cursor, oldest first. */
export async function eventsSince(
  db: Pick<Db, "pool">,
  { spaceId, after, limit = 500 }: { spaceId: string; after: number; limit?: number },
): Promise<LoggedEvent[]> {
  const { rows } = await db.pool.query<LoggedEvent>(
    `select space_id as "spaceId", seq::float8 as seq, id, topic, type, subject_id as "subjectId", payload, actor, at
       from events where space_id = $1 and seq > $2 order by seq limit $3`,
    [spaceId, after, limit],
  );
  return rows;
}

/** What a browser is told of an event. */
export function presentNotice(event: LoggedEvent): EventNotice {
  return { seq: event.seq, type: event.type, subjectId: event.subjectId, at: event.at.toISOString() };
}

async function writeEvents(tx: Tx, events: NewEvent[]): Promise<void> {
  // In one order of spaces, so that two transactions never wait for each other.
  const spaceIds = [...new Set(events.map((event) => event.spaceId))].toSorted();
  for (const spaceId of spaceIds) {
    const rows = events
      .filter((event) => event.spaceId === spaceId)
      .map((event) => ({
        id: newId(),
        topic: topicOf[event.type],
        type: event.type,
        subject_id: event.subjectId,
        payload: event.payload ?? {},
        actor: event.actor,
        at: event.at,
      }));
    await tx.query(
      `with counter as (
         update spaces set event_seq = event_seq + $2 where id = $1 returning event_seq - $2 as before
       ), written as (
         insert into events (space_id, seq, id, topic, type, subject_id, payload, actor, at)
         select $1, counter.before + e.position, e.id, e.topic, e.type, e.subject_id, e.payload, e.actor, e.at
           from counter, rows from (jsonb_to_recordset($3::jsonb)
             as (id uuid, topic text, type text, subject_id text, payload jsonb, actor jsonb, at timestamptz)) with ordinality
             as e (id, topic, type, subject_id, payload, actor, at, position)
       )
       select pg_notify('${WAKE_UP_CHANNEL}', '')`,
      [spaceId, rows.length, JSON.stringify(rows)],
    );
  }
}
