import { setTimeout as sleep } from "node:timers/promises";

import type { Kbs } from "#server/kb/index.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Log } from "#server/lib/log.ts";

/** A part that does not answer for so long is broken for whoever waits for it. */
const PATIENCE_MS = 3_000;
/** Three beats of a worker's heart. */
const WORKER_SILENT_S = 15;
/** Work that could start and did not, for so long that someone notices. */
const WAITING_S = 120;
/** Looking at every knowledge base of a large installation would be work of its own. */
const MAX_KBS = 5;

const PARTS = ["database", "queue", "realtime", "kb", "telegram"] as const;
type Part = (typeof PARTS)[number];

/** What `GET /api/health` answers; anyone may ask, so the words tell nothing of what is kept here. */
export type Health = { status: "healthy" | "unhealthy" } & Record<Part, "healthy" | `unhealthy: ${string}`>;

type HealthDeps = {
  db: Pick<Db, "pool">;
  log: Log;
  kbs: Kbs;
  /** The id of the data folder that this process sees. */
  homeId: string;
  realtime: { check: () => Promise<void> };
};

/** Looks at everything that Winnow needs to work. Those who ask at the same moment share one look. */
export function createHealthCheck(deps: HealthDeps): () => Promise<Health> {
  const checks: Record<Part, () => Promise<void>> = {
    database: async () => {
      await deps.db.pool.query("select 1");
    },
    queue: () => checkQueue(deps.db),
    realtime: deps.realtime.check,
    kb: () => checkKbs(deps),
    telegram: () => checkUpdates(deps.db),
  };
  let looking: Promise<Health> | undefined;
  const look = async (): Promise<Health> => {
    const found = await Promise.all(
      PARTS.map(async (part) => [part, await inWords(part, checks[part], deps.log)] as const),
    );
    const isHealthy = found.every(([, state]) => state === "healthy");
    return { status: isHealthy ? "healthy" : "unhealthy", ...(Object.fromEntries(found) as Omit<Health, "status">) };
  };
  return () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
}

/** 200 or 503, for whatever watches over this process. */
export async function answerHealth(check: () => Promise<Health>): Promise<Response> {
  const health = await check();
  return Response.json(health, {
    status: health.status === "healthy" ? 200 : 503,
    headers: { "cache-control": "no-store" },
  });
}

async function inWords(part: Part, check: () => Promise<void>, log: Log): Promise<Health[Part]> {
  const patience = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).then(() => {
    throw new AppError("unavailable", `no answer for ${PATIENCE_MS / 1000} seconds`);
  });
  try {
    await Promise.race([check(), late]);
    return "healthy";
  } catch (error) {
    if (error instanceof AppError) return `unhealthy: ${error.message}`;
    // What a driver says may name hosts and users.
    log.warn({ error, part }, "health found something broken");
    return "unhealthy: it does not work; the log says why";
  } finally {
    late.catch(() => {});
    patience.abort();
  }
}

async function checkQueue(db: Pick<Db, "pool">): Promise<void> {
  const { rows } = await db.pool.query<{ workers: number; waiting: number }>(
    `select (select count(*)::int from worker_processes where heartbeat_at > now() - make_interval(secs => $1)) as workers,
            (select count(*)::int from graphile_worker.jobs
              where run_at < now() - make_interval(secs => $2) and locked_at is null and attempts < max_attempts) as waiting`,
    [WORKER_SILENT_S, WAITING_S],
  );
  const { workers = 0, waiting = 0 } = rows[0] ?? {};
  if (workers === 0) {
    throw new AppError("unavailable", "no worker is running: what arrives is kept, but nothing is done with it");
  }
  if (waiting > 0)
    throw new AppError(
      "unavailable",
      `${waiting} ${waiting === 1 ? "job has" : "jobs have"} waited for more than ${WAITING_S} seconds`,
    );
}

async function checkKbs({ db, kbs, homeId }: HealthDeps): Promise<void> {
  const { rows } = await db.pool.query<{ spaceId: string; isPushFailing: boolean }>(
    `select space_id as "spaceId", push_failure is not null as "isPushFailing" from knowledge_bases
      where home_id = $1 order by push_failure is null, created_at limit $2`,
    [homeId, MAX_KBS],
  );
  if (rows.some(({ isPushFailing }) => isPushFailing)) {
    throw new AppError("unavailable", "notes are committed but could not be pushed; the Knowledge page says why");
  }
  for (const { spaceId } of rows) await (await kbs.open(spaceId)).tree();
}

async function checkUpdates(db: Pick<Db, "pool">): Promise<void> {
  const { rows } = await db.pool.query<{ waiting: number }>(
    `select count(*)::int as waiting from inbound_updates
      where handled_at is null and received_at < now() - make_interval(secs => $1)`,
    [WAITING_S],
  );
  const waiting = rows[0]?.waiting ?? 0;
  if (waiting > 0) {
    throw new AppError(
      "unavailable",
      `${waiting} ${waiting === 1 ? "update has" : "updates have"} been stored but not read for ${WAITING_S} seconds`,
    );
  }
}
