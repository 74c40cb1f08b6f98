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
};

/** Declares a job. `maxAttempts` must leave room for a killed worker: at least 3. */
export function defineJob<Payload extends object>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  return definition;
}

/** Adds a job with the transaction that makes it necessary: it runs when that commits, or never. */
export async function enqueue<Payload extends object>(
  tx: Tx,
  job: JobDefinition<Payload>,
  payload: Payload,
  options: { runAt?: Date } = {},
): Promise<void> {
  const checked = job.payload.parse(payload);
  await tx.query(
    "select graphile_worker.add_job($1, payload := $2::json, max_attempts := $3::int, job_key := $4, run_at := $5)",
    [job.name, JSON.stringify(checked), job.maxAttempts, job.key?.(checked) ?? null, options.runAt ?? null],
  );
}
