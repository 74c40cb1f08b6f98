import { eventPositions, type LoggedEvent, presentNotice } from "#server/events/index.ts";
import { channelName, type EventNotice } from "#server/events/schema.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { NOTICE_EVENT } from "./schema.ts";

/** An event that was not announced for so long is a fault, not a queue. */
const LATE_AFTER_S = 15;

/** How the browsers of its space are told of an event. */
export function announcementOf(event: LoggedEvent): { channel: string; name: string; data: EventNotice } {
  return { channel: channelName(event.spaceId, event.topic), name: NOTICE_EVENT, data: presentNotice(event) };
}

/**
 * Whether browsers are told what happens.
 * @param announced the last event of each space that was announced
 * @throws AppError `unavailable` when a later one has waited for long
 */
export async function checkAnnounced(db: Pick<Db, "pool">, announced: ReadonlyMap<string, number>): Promise<void> {
  const positions = await eventPositions(db);
  const behind = [...positions.keys()].filter((id) => (positions.get(id) ?? 0) > (announced.get(id) ?? 0));
  if (behind.length === 0) return;
  const { rows } = await db.pool.query<{ late: number }>(
    `select count(*)::int as late
       from unnest($1::uuid[], $2::bigint[]) as behind (space_id, seq)
       join events e on e.space_id = behind.space_id and e.seq = behind.seq + 1
      where e.at < now() - make_interval(secs => $3)`,
    [behind, behind.map((id) => announced.get(id) ?? 0), LATE_AFTER_S],
  );
  const late = rows[0]?.late ?? 0;
  if (late === 0) return;
  const where = late === 1 ? "one space" : `${late} spaces`;
  throw new AppError(
    "unavailable",
    `Browsers have not been told for more than ${LATE_AFTER_S} seconds what happened in ${where}; they catch up when they reload.`,
  );
}
