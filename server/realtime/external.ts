import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";

import type pg from "pg";
import Pusher from "pusher";

import { type LoggedEvent, readLogAlone } from "#server/events/index.ts";
import type { Db } from "#server/lib/db.ts";
import type { Log } from "#server/lib/log.ts";

import { announcementOf, checkAnnounced } from "./announcement.ts";
import type { Publisher } from "./publisher.ts";
import type { RealtimeSettings } from "./settings.ts";

// One process at a time hands the log to the Pusher server. Positions are kept in published_positions and moved after each batch
// was accepted. So:
// - nothing is skipped when the holder dies: the next one goes on at the last kept position;
// - nothing comes twice, except the one batch (10 events at most) that was accepted while its holder died before it could
//   keep the position. Browsers drop what they know by its number.

/** Hosted Pusher's limit of one call. */
const BATCH_SIZE = 10;
/** After a long absence only this much is announced of each space: browsers see the gap and fetch what is missing. */
const MAX_BACKLOG = 500;
const REQUEST_TIMEOUT_MS = 5_000;

type ExternalSettings = Extract<RealtimeSettings, { mode: "external" }>;
type Work = { db: Db; log: Log; settings: ExternalSettings };

/** Stands by, and announces for all processes whenever it is this one's turn, until stopped. */
export function startExternalPublisher({ db, log, settings }: Work): Publisher {
  const { pusher, agent } = connectPusher(settings);
  const reading = readLogAlone(
    { db, log },
    {
      name: "realtime.publisher",
      kept: keptPositions,
      from: startingPositions,
      keep: keepPosition,
      onEvents: async (events, { signal, keep }) => {
        for (let at = 0; at < events.length && !signal.aborted; at += BATCH_SIZE) {
          const batch = events.slice(at, at + BATCH_SIZE);
          const response = await pusher.triggerBatch(batch.map(announcementOf));
          // Read to its end, or the connection is not used again.
          await response.text();
          await keep(batch.at(-1)!);
        }
      },
    },
  );
  return {
    stop: async () => {
      await reading.stop();
      agent.destroy();
    },
    check: async () => checkAnnounced(db, await keptPositions(db.pool)),
  };
}

async function keptPositions(client: Pick<pg.ClientBase, "query">): Promise<Map<string, number>> {
  const { rows } = await client.query<{ id: string; seq: number }>(
    "select space_id as id, seq::float8 as seq from published_positions",
  );
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

async function startingPositions(client: Pick<pg.ClientBase, "query">): Promise<Map<string, number>> {
  const { rows } = await client.query<{ id: string; seq: number }>(
    `select s.id, greatest(coalesce(p.seq, 0), s.event_seq - $1)::float8 as seq
       from spaces s left join published_positions p on p.space_id = s.id`,
    [MAX_BACKLOG],
  );
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

async function keepPosition(client: Pick<pg.ClientBase, "query">, { spaceId, seq }: LoggedEvent, seen: number) {
  const { rowCount } = await client.query(
    `insert into published_positions (space_id, seq, published_at) values ($1, $2, now())
     on conflict (space_id) do update set seq = excluded.seq, published_at = excluded.published_at
      where published_positions.seq = $3`,
    [spaceId, seq, seen],
  );
  return rowCount !== 0;
}

function connectPusher(settings: ExternalSettings): { pusher: Pusher; agent: Agent } {
  const { appId, key, secret, host, port, cluster, useTls } = settings;
  const agent = useTls ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const base = { appId, key, secret, agent, useTLS: useTls, timeout: REQUEST_TIMEOUT_MS };
  const where =
    host === null ? { cluster: cluster ?? "mt1" } : { host, ...(port === null ? {} : { port: String(port) }) };
  return { pusher: new Pusher({ ...base, ...where }), agent };
}
