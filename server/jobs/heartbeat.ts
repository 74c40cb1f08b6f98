import type { Db } from "#server/lib/db.ts";
import type { Log } from "#server/lib/log.ts";

// A killed worker leaves its jobs locked; graphile-worker itself would free them after four hours.
// So each worker process shows that it lives, and each sweeps up after those that do not:
// at the latest BEAT + SILENT after a kill, which is within 20 seconds, its jobs run again.

const BEAT_INTERVAL_MS = 3_000;
const SILENT_AFTER_S = 12;

export type Heartbeat = { stop: () => Promise<void> };

/** Announces this process and sweeps, now and every few seconds, until stopped. */
export async function startHeartbeat(options: {
  db: Pick<Db, "pool">;
  log: Log;
  workerProcessId: string;
  host: string;
  homeId: string;
  /** The ids that this process locks jobs under. */
  poolIds: string[];
}): Promise<Heartbeat> {
  const { db, log, workerProcessId, host, homeId, poolIds } = options;
  const tick = async () => {
    try {
      await beat();
      const freed = await sweepDeadWorkers(db);
      if (freed.length > 0) log.warn({ workers: freed.length }, "jobs.sweep gave back the jobs of dead workers");
    } catch (error) {
      log.warn({ error }, "jobs.heartbeat missed");
    }
  };
  const beat = () =>
    db.pool.query(
      `insert into worker_processes (id, worker_ids, host, pid, home_id, started_at, heartbeat_at)
       values ($1, $2, $3, $4, $5, now(), now())
       on conflict (id) do update set worker_ids = excluded.worker_ids, heartbeat_at = now()`,
      [workerProcessId, poolIds, host, process.pid, homeId],
    );

  await tick();
  let ticking = Promise.resolve();
  const timer = setInterval(() => {
    ticking = ticking.then(tick);
  }, BEAT_INTERVAL_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await ticking;
      await db.pool.query("delete from worker_processes where id = $1", [workerProcessId]);
    },
  };
}

/**
 * Gives back every job that is locked by a worker that no living process answers for, and forgets silent processes.
 * A kill is not the job's fault: one that was on its last try gets one more.
 * @returns the ids whose locks were taken away
 */
export async function sweepDeadWorkers(db: Pick<Db, "pool">): Promise<string[]> {
  const { rows } = await db.pool.query<{ dead: string[] | null }>(
    `with living as (
       select unnest(worker_ids) as id from worker_processes where heartbeat_at > now() - make_interval(secs => $1)
     ), silent as (
       delete from worker_processes where heartbeat_at <= now() - make_interval(secs => $1)
     ), held as (
       select locked_by from graphile_worker._private_jobs where locked_at <= now() - make_interval(secs => $1)
       union select locked_by from graphile_worker._private_job_queues where locked_at <= now() - make_interval(secs => $1)
     )
     select array_agg(distinct locked_by) as dead from held where locked_by is not null and locked_by not in (select id from living)`,
    [SILENT_AFTER_S],
  );
  const dead = rows[0]?.dead ?? [];
  if (dead.length === 0) return [];
  await db.pool.query(
    "update graphile_worker._private_jobs set max_attempts = max_attempts + 1 where locked_by = any($1) and attempts >= max_attempts",
    [dead],
  );
  await db.pool.query("select graphile_worker.force_unlock_workers($1::text[])", [dead]);
  return dead;
}
