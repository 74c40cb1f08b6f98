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
  /** Waits its turn and does the work as the only writer. @throws AppError `unavailable` when its turn does not come in time */
  hold: <T>(work: (held: Held) => Promise<T>) => Promise<T>;
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

  const take = async (by: pg.Client): Promise<void> => {
    // Does not overtake those who wait already.
    const tried = by.query<{ isHeld: boolean }>(`select pg_try_advisory_lock(hashtextextended($1, 0)) as "isHeld"`, [
      key,
    ]);
    const { rows } = await answered(tried);
    if (rows[0]?.isHeld) return;
    const waitS = await timeoutS();
    await by.query("select set_config('lock_timeout', $1, false)", [`${waitS}s`]);
    await answered(by.query("select pg_advisory_lock(hashtextextended($1, 0))", [key]), waitS * 1000);
  };

  const takeInTime = async (): Promise<pg.Client> => {
    let by: pg.Client | undefined;
    try {
      by = await connection();
      await take(by);
      return by;
    } catch (cause) {
      if (by) await drop(by);
      if (cause instanceof pg.DatabaseError && cause.code === LOCK_NOT_AVAILABLE) throw await notInTime(cause);
      const message =
        "The database did not answer while waiting for the knowledge base. Nothing was written; try again.";
      throw new AppError("unavailable", message, { cause });
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
  const turn = async (): Promise<() => void> => {
    const isFree = !mutex.isLocked();
    const place = mutex.acquire();
    if (isFree) return place;
    let timer: NodeJS.Timeout | undefined;
    try {
      const timeoutMs = (await timeoutS()) * 1000;
      const late = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), timeoutMs);
      });
      const release = await Promise.race([place, late]);
      if (release) return release;
      throw await notInTime();
    } catch (error) {
      void place.then((release) => release());
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };

  const hold = async <T>(work: (held: Held) => Promise<T>): Promise<T> => {
    clearTimeout(idleTimer);
    const by = await takeInTime();
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
    hold: async (work) => {
      const release = await turn();
      try {
        return await hold(work);
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
