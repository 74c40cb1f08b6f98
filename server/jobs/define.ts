import type { z } from "zod";

import type { Tx } from "#server/lib/db.ts";

/** A kind of background work: its name, what it is given, and how often it may be tried. Apart from its handler, so that anyone may enqueue it. */
export type JobDefinition<Payload extends object = object> = {
  /** `<module>.<verb>` */
  name: string;
  /** Ids only: the data is read fresh when the job runs. With a `spaceId`, a final failure is announced to that space. */
  payload: z.ZodType<Payload>;
  /** How often it is tried in all, with growing pauses (about e^attempt seconds, at most 6 h). */
  maxAttempts: number;
  /** Two jobs of one key that have not started yet are one job. */
  key?: (payload: Payload) => string;
  /**
   * Whether it needs the files of the knowledge base of the space in its payload: it then runs on workers of that knowledge
   * base's home alone. Where there is none yet, any worker takes it, and makes it in its own home.
   */
  atHome?: boolean;
};

/** One job to be done, as data: kept in a row, it can be asked for again. */
export type JobCall = { name: string; payload: object; maxAttempts: number; key: string | null; atHome: boolean };

export type EnqueueOptions = {
  runAt?: Date;
  /** When a job of this key waits already: keep its time, instead of taking this one's. */
  keepsTime?: boolean;
};

/** Declares a job. `maxAttempts` must leave room for a killed worker: at least 3. */
export function defineJob<Payload extends object>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  return definition;
}

/** A job with its payload, not yet enqueued. */
export function jobCall<Payload extends object>(job: JobDefinition<Payload>, payload: Payload): JobCall {
  const checked = job.payload.parse(payload);
  const { name, maxAttempts, atHome = false } = job;
  return { name, payload: checked, maxAttempts, key: job.key?.(checked) ?? null, atHome };
}

/** Adds a job with the transaction that makes it necessary: it runs when that commits, or never. */
export async function enqueue<Payload extends object>(
  tx: Pick<Tx, "query">,
  job: JobDefinition<Payload>,
  payload: Payload,
  options: EnqueueOptions = {},
): Promise<void> {
  await enqueueCall(tx, jobCall(job, payload), options);
}

/** The same for a job that was kept as data. */
export async function enqueueCall(
  tx: Pick<Tx, "query">,
  { name, payload, maxAttempts, key, atHome }: JobCall,
  { runAt, keepsTime = false }: EnqueueOptions = {},
): Promise<void> {
  const identifier = atHome ? `$1 || ${AT_HOME}` : "$1";
  await tx.query(
    `select graphile_worker.add_job(${identifier}, payload := $2::json, max_attempts := $3::int, job_key := $4, run_at := $5,
                                    job_key_mode := case when $6 then 'preserve_run_at' else 'replace' end)`,
    [name, JSON.stringify(payload), maxAttempts, key, runAt ?? null, keepsTime],
  );
}

/** Hands the jobs of a space that wait at its old home over to the one that it has now. To be called after the move, in its transaction. */
export async function rehomeJobs(
  tx: Pick<Tx, "query">,
  { spaceId, from }: { spaceId: string; from: string },
): Promise<void> {
  const waiting = await tx.query<{
    identifier: string;
    payload: object;
    maxAttempts: number;
    key: string;
    runAt: Date;
  }>(
    `select t.identifier, j.payload, j.max_attempts as "maxAttempts", j.key, j.run_at as "runAt"
       from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where t.identifier like '%@' || $1 and j.payload ->> 'spaceId' = $2 and j.locked_at is null and j.key is not null`,
    [from, spaceId],
  );
  for (const { identifier, runAt, ...call } of waiting) {
    // A job of the same key is replaced, its name too.
    const name = identifier.slice(0, identifier.lastIndexOf("@"));
    await enqueueCall(tx, { ...call, name, atHome: true }, { runAt });
  }
}

/** The name under which the workers of one home listen for a job. */
export const nameAtHome = (name: string, homeId: string) => `${name}@${homeId}`;

/** `@` and the home of the payload's space, or nothing where it has none yet. */
const AT_HOME = `coalesce((select '@' || home_id from knowledge_bases where space_id = ($2::json ->> 'spaceId')::uuid), '')`;
