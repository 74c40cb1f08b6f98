import { keepReading, keepSweeping } from "#server/analysis/index.ts";
import { startAnnouncer } from "#server/assistant/index.ts";
import { emit } from "#server/events/index.ts";
import { startQueue } from "#server/jobs/index.ts";
import { createKbs, keepInStep } from "#server/kb/index.ts";
import { noteFiles } from "#server/knowledge/index.ts";
import { systemClock } from "#server/lib/clock.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { checkDatabase, closeDb, openDb, transaction } from "#server/lib/db.ts";
import { appUrl, type Env } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";
import { openHome } from "#server/lib/home.ts";
import type { Log } from "#server/lib/log.ts";
import { createLlm } from "#server/llm/index.ts";
import { keepLanesAwake } from "#server/messages/index.ts";
import { fetchPage } from "#server/reading/index.ts";

import { createHandlers, openChannels } from "./handlers.ts";

/** Jobs at a time: most of them wait for a model, a lock or the disk. */
const CONCURRENCY = 12;
/** Each job holds one now and then, some of them two; several workers share what a Postgres gives out, which is a hundred as a rule. */
const MAX_CONNECTIONS = CONCURRENCY + 6;

export type Worker = {
  /** No new jobs; those under way finish, or are given back when their grace is over. */
  stop: () => Promise<void>;
  /** Settles when the queue ends by itself, which it should not. */
  ended: Promise<void>;
};

/**
 * Starts the worker: takes jobs from the shared database until stopped.
 * @throws AppError with one sentence for a person when it cannot work: no database, no tables
 */
export async function startWorker({ env, log }: { env: Env; log: Log }): Promise<Worker> {
  if (!env.DATABASE_URL) {
    throw new AppError(
      "invalid_input",
      "DATABASE_URL is not set: name the Postgres that all processes share, or use `npm start`, which brings one.",
    );
  }
  await checkDatabase(env.DATABASE_URL);
  const now = systemClock;
  const home = openHome(env);
  const db = openDb(env.DATABASE_URL, { max: MAX_CONNECTIONS });
  try {
    const kbs = createKbs({ db, env, log, homeId: home.id, files: noteFiles });
    const llm = createLlm({ env, db, log, now, secret: home.authSecret });
    const channels = openChannels(env, { db, log, now });
    const assistant = { channels, llm, kbs, readPage: fetchPage, appUrl: appUrl(env) };
    const handlers = createHandlers(env, assistant);
    const queue = await startQueue({
      ctx: { db, log, now },
      handlers,
      homeId: home.id,
      concurrency: CONCURRENCY,
      onFailedForGood,
    });
    const lanes = keepLanesAwake({ db, log });
    const announcer = startAnnouncer(assistant, { actor: { type: "system", name: "Winnow" }, db, log, now });
    const step = keepInStep({ db, log, homeId: home.id });
    const reading = keepReading({ db, log });
    const sweeping = keepSweeping({ db, log, now });
    return {
      ended: queue.ended,
      stop: async () => {
        await Promise.all([lanes.stop(), step.stop(), reading.stop(), sweeping.stop(), announcer.stop()]);
        await queue.stop();
        await kbs.close();
        await closeDb(db);
      },
    };
  } catch (error) {
    await closeDb(db);
    throw error;
  }
}

/** Whoever looks at that space learns that work was given up. */
async function onFailedForGood(ctx: Ctx, jobName: string, payload: unknown): Promise<void> {
  if (typeof payload !== "object" || payload === null || !("spaceId" in payload)) return;
  const { spaceId } = payload;
  if (typeof spaceId !== "string") return;
  await transaction(ctx.db, async (tx) => {
    emit(tx, { spaceId, type: "job.failed", subjectId: jobName, actor: ctx.actor, at: ctx.now() });
  });
}
