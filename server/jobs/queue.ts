import { EventEmitter } from "node:events";
import { hostname } from "node:os";

import { Logger as GraphileLogger, run, type Runner, type Task } from "graphile-worker";

import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { unit } from "#server/lib/log.ts";

import { enqueue, type JobDefinition, nameAtHome } from "./define.ts";
import { type Heartbeat, startHeartbeat } from "./heartbeat.ts";

/** What a handler learns of the run it is in. */
export type JobRun = {
  jobId: string;
  /** 1 for the first try. */
  attempt: number;
  isLastAttempt: boolean;
  /** The worker process it runs in, for leases. */
  workerProcessId: string;
  /** Aborted when the worker is asked to stop and its grace is over. */
  signal: AbortSignal;
};

/** A job with what runs it, bound by `handle`. */
export type Handler = {
  name: string;
  atHome: boolean;
  task: (run: JobRun, ctx: Ctx, payload: unknown) => Promise<void>;
  /** Enqueues it once more, for the workers of the home that is right now. */
  sendOn: (ctx: Ctx, payload: unknown) => Promise<void>;
};

/**
 * Binds a job to the command that does it. The payload is checked again: it may come from an older version.
 * A handler must be safe to run twice, and awaits everything that it starts.
 */
export function handle<Payload extends object>(
  job: JobDefinition<Payload>,
  work: (ctx: Ctx, payload: Payload, run: JobRun) => Promise<void>,
): Handler {
  return {
    name: job.name,
    atHome: job.atHome ?? false,
    task: async (run, ctx, payload) => work(ctx, job.payload.parse(payload), run),
    sendOn: (ctx, payload) => transaction(ctx.db, (tx) => enqueue(tx, job, job.payload.parse(payload))),
  };
}

export type Queue = {
  workerProcessId: string;
  /** Takes no new job, lets the running ones finish for the grace, then aborts them and gives them back. */
  stop: () => Promise<void>;
  /** Settles when the queue ends by itself, which it should not. */
  ended: Promise<void>;
};

/** How long running jobs may go on after a stop was asked for, before their signal is aborted. */
const STOP_GRACE_MS = 5_000;
const POLL_INTERVAL_MS = 1_000;

/**
 * Runs jobs in this process until stopped.
 * Only `rate_limited` and `unavailable` errors and bugs are tried again; any other AppError is an answer, and final.
 * @param onFailedForGood called once for a job that will not be tried again
 */
export async function startQueue(options: {
  ctx: Omit<Ctx, "actor">;
  handlers: Handler[];
  /** The data folder that this process sees: it takes the jobs that belong there, and those that belong nowhere yet. */
  homeId: string;
  concurrency: number;
  onFailedForGood: (ctx: Ctx, jobName: string, payload: unknown, error: unknown) => Promise<void>;
}): Promise<Queue> {
  const { ctx: base, handlers, homeId, concurrency, onFailedForGood } = options;
  const workerProcessId = newId();
  const events = new EventEmitter();
  const poolIds: string[] = [];
  events.on("pool:create", ({ workerPool }: { workerPool: { id: string } }) => poolIds.push(workerPool.id));

  const taskOf =
    (handler: Handler): Task =>
    async (payload, { job, abortSignal }) => {
      const ctx: Ctx = { ...base, actor: { type: "system", name: handler.name } };
      const run: JobRun = {
        jobId: String(job.id),
        attempt: job.attempts,
        isLastAttempt: job.attempts >= job.max_attempts,
        workerProcessId,
        signal: abortSignal ?? new AbortController().signal,
      };
      if (handler.atHome && (await livesElsewhere(ctx, homeId, payload))) return handler.sendOn(ctx, payload);
      try {
        await unit(base.log, `job.${handler.name}`, { jobId: run.jobId, attempt: run.attempt, ...idsOf(payload) }, () =>
          handler.task(run, ctx, payload),
        );
      } catch (error) {
        const final = isFinal(error);
        if (isForGood(run, error)) await onFailedForGood(ctx, handler.name, payload, error);
        if (!final) throw error;
      }
    };

  const runner: Runner = await run({
    pgPool: base.db.pool,
    taskList: Object.fromEntries(
      handlers.flatMap((handler) => {
        const names = handler.atHome ? [handler.name, nameAtHome(handler.name, homeId)] : [handler.name];
        return names.map((name) => [name, taskOf(handler)]);
      }),
    ),
    concurrency,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: STOP_GRACE_MS,
    // Each unit of work has a line of its own already; what is left are the queue's troubles.
    logger: new GraphileLogger(() => (level, message) => {
      if (level === "error" || level === "warning") base.log.warn({ detail: message }, "jobs.queue");
    }),
    events,
  });

  const heartbeat: Heartbeat = await startHeartbeat({
    db: base.db,
    log: base.log,
    workerProcessId,
    host: hostname(),
    homeId,
    poolIds,
  });
  return {
    workerProcessId,
    ended: runner.promise,
    stop: async () => {
      await runner.stop("stopping");
      await heartbeat.stop();
    },
  };
}

/** Whether the knowledge base that a job needs was made in, or moved to, another home since it was enqueued. */
async function livesElsewhere(ctx: Ctx, homeId: string, payload: unknown): Promise<boolean> {
  const spaceId = typeof payload === "object" && payload && "spaceId" in payload ? payload.spaceId : null;
  const { rows } = await ctx.db.pool.query<{ homeId: string }>(
    `select home_id as "homeId" from knowledge_bases where space_id = $1`,
    [spaceId],
  );
  return rows[0] !== undefined && rows[0].homeId !== homeId;
}

/** Whether a job that threw this is not tried again: its last try, or an answer that another one would only repeat. */
export function isForGood(run: Pick<JobRun, "isLastAttempt">, error: unknown): boolean {
  return run.isLastAttempt || isFinal(error);
}

/** An answer that another try would only repeat. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "AppError" || !("code" in error)) return false;
  return error.code !== "rate_limited" && error.code !== "unavailable" && error.code !== "cancelled";
}

function idsOf(payload: unknown): Record<string, unknown> {
  if (typeof payload !== "object" || payload === null) return {};
  return Object.fromEntries(Object.entries(payload).filter(([key]) => key.endsWith("Id")));
}
