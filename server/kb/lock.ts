import { Mutex } from "async-mutex";
import pg from "pg";

import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

// One writer at a time, across processes and machines. First a fair queue in this process, then a Postgres advisory lock
// on a connection of its own: it goes away with a dead holder, and it does not take one from the pool that the holder's
// own transaction will need. Neither is trusted alone: what is written moves the branch by compare-and-set.

export type Held = {
  /** Asks the database whether the lock is still ours. @throws AppError `unavailable` when the connection that held it is gone */
  assertHeld: () => Promise<void>;
};

export type KbLock = {
  /**
   * Waits its turn and does the work as the only writer.
   * @param signal ends the wait and frees the place; work that has begun goes on
   * @throws AppError `unavailable` when its turn does not come in time, `cancelled` when the signal says so before
   */
  hold: <T>(work: (held: Held) => Promise<T>, signal?: AbortSignal) => Promise<T>;
  close: () => Promise<void>;
};

/** A connection that nobody needs is closed after this time. */
const IDLE_MS = 60_000;
const ANSWER_TIMEOUT_MS = 10_000;
const LOCK_NOT_AVAILABLE = "55P03";

export function createLock(given: {
  db: Pick<Db, "pool">;
  kbId: string;
  /** How long to wait for one's turn, in seconds; asked only when there is someone to wait for. */
  timeoutS: () => Promise<number>;
  /** Who is at work, in words, for those whose turn did not come. */
  holder: () => Promise<string>;
}): KbLock {
  const { db, kbId, timeoutS, holder } = given;
  const mutex = new Mutex();
  const key = `winnow.kb.${kbId}`;
  let client: pg.Client | undefined;
  let idleTimer: NodeJS.Timeout | undefined;

  const connection = async (): Promise<pg.Client> => {
    if (client) return client;
    const { password, ...options } = db.pool.options;
    const opened = new pg.Client({ ...options, password, application_name: "winnow kb lock", keepAlive: true });
    opened.on("error", () => forget(opened));
    opened.on("end", () => forget(opened));
    await opened.connect();
    // A holder whose machine is gone is noticed within seconds, not hours.
    await opened.query("set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3");
    // One that waits is noticed too, where the system can tell; elsewhere it gets its turn and ends with it.
    await opened.query(
      "do $$ begin perform set_config('client_connection_check_interval', '1s', false); exception when others then null; end $$",
    );
    client = opened;
    return opened;
  };

  const forget = (gone: pg.Client) => {
    if (client === gone) client = undefined;
  };

  const drop = async (gone: pg.Client) => {
    forget(gone);
    await Promise.race([gone.end(), soon()]);
  };

  const take = async (by: pg.Client, sinceMs: number): Promise<void> => {
    // Does not overtake those who wait already.
    const tried = by.query<{ isHeld: boolean }>(`select pg_try_advisory_lock(hashtextextended($1, 0)) as "isHeld"`, [
      key,
    ]);
    const { rows } = await answered(tried);
    if (rows[0]?.isHeld) return;
    // What was spent in the queue of this process counts.
    const waitMs = Math.max(1, Math.round((await timeoutS()) * 1000 - (performance.now() - sinceMs)));
    await by.query("select set_config('lock_timeout', $1, false)", [`${waitMs}ms`]);
    await answered(by.query("select pg_advisory_lock(hashtextextended($1, 0))", [key]), waitMs);
  };

  const takeInTime = async (sinceMs: number, signal: AbortSignal | undefined): Promise<pg.Client> => {
    let by: pg.Client | undefined;
    // The end of the connection ends its wait.
    const giveUp = () => void (by && drop(by));
    try {
      by = await connection();
      signal?.addEventListener("abort", giveUp);
      // It may have said so before there was a connection.
      if (signal?.aborted) throw waitCancelled();
      await take(by, sinceMs);
      if (signal?.aborted) throw waitCancelled();
      return by;
    } catch (cause) {
      if (by) await drop(by);
      if (signal?.aborted) throw waitCancelled();
      if (cause instanceof pg.DatabaseError && cause.code === LOCK_NOT_AVAILABLE) throw await notInTime(cause);
      const message =
        "The database did not answer while waiting for the knowledge base. Nothing was written; try again.";
      throw new AppError("unavailable", message, { cause });
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  };

  const giveBack = async (by: pg.Client): Promise<void> => {
    try {
      if (client !== by) return;
      await answered(by.query("select pg_advisory_unlock(hashtextextended($1, 0))", [key]));
    } catch {
      // Ending the connection gives it back just as well.
      await drop(by);
    }
  };

  const notInTime = async (cause?: unknown) =>
    new AppError(
      "unavailable",
      `The knowledge base is busy: ${await holder()}. Nothing was written; it is tried again, and you can try again too.`,
      { cause },
    );

  /** One's turn in this process. The place in the queue is taken at once, so nobody is overtaken while the setting is read. */
  const turn = async (signal: AbortSignal | undefined): Promise<() => void> => {
    const isFree = !mutex.isLocked();
    const place = mutex.acquire();
    if (isFree) return place;
    let timer: NodeJS.Timeout | undefined;
    const stopped = Promise.withResolvers<never>();
    stopped.promise.catch(() => {});
    const giveUp = () => stopped.reject(waitCancelled());
    signal?.addEventListener("abort", giveUp);
    try {
      const timeoutMs = (await timeoutS()) * 1000;
      const late = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), timeoutMs);
      });
      const release = await Promise.race([place, late, stopped.promise]);
      if (release) return release;
      throw await notInTime();
    } catch (error) {
      // When the place comes up all the same, it goes on to the next at once.
      void place.then((release) => release());
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
      clearTimeout(timer);
    }
  };

  const hold = async <T>(
    work: (held: Held) => Promise<T>,
    sinceMs: number,
    signal: AbortSignal | undefined,
  ): Promise<T> => {
    clearTimeout(idleTimer);
    const by = await takeInTime(sinceMs, signal);
    try {
      return await work({
        assertHeld: async () => {
          try {
            if (client !== by) throw new Error("The connection was closed.");
            await answered(by.query("select 1"));
          } catch (cause) {
            throw new AppError(
              "unavailable",
              "The connection to the database broke while the knowledge base was being written. Nothing was written; it is tried again.",
              { cause },
            );
          }
        },
      });
    } finally {
      await giveBack(by);
      idleTimer = setTimeout(() => void mutex.runExclusive(() => client && drop(client)), IDLE_MS).unref();
    }
  };

  return {
    hold: async (work, signal) => {
      if (signal?.aborted) throw waitCancelled();
      const sinceMs = performance.now();
      const release = await turn(signal);
      try {
        return await hold(work, sinceMs, signal);
      } finally {
        release();
      }
    },
    close: () =>
      mutex.runExclusive(async () => {
        clearTimeout(idleTimer);
        if (client) await drop(client);
      }),
  };
}

/** Said to whoever stopped waiting before their turn came. */
export function waitCancelled(): AppError {
  return new AppError("cancelled", "The wait for the knowledge base was cancelled. Nothing was written.");
}

/** The result of a query, unless the connection is silent for longer than it may be. */
async function answered<T>(query: Promise<T>, allowedMs = 0): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The database does not answer.")), allowedMs + ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([query, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function soon(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1_000).unref();
  });
}
