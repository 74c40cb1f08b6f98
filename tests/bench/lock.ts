// What the lock of a knowledge base costs, beside bare advisory locks of Postgres: when it is free, with twenty who wait for it, and
// after its holder was killed.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import pg from "pg";

import { closeDb, openDb } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { startPostgres } from "#server/start/postgres.ts";
import { ROOT } from "#tests/support/command.ts";

import type { HolderOrder } from "./lock-holder.ts";
import { GIVE_BACK, openLock, TAKE } from "./lock-place.ts";
import { type BenchRow, median, row, rounded, ROUNDS } from "./rounds.ts";

const HOLDS = 500;
const WAITERS = 20;
const QUEUES = 10;
const KILLS = 3;
/** Until those who wait are in the queue of the server. */
const QUEUED_MS = 50;
/** So that what is sent on connections of their own arrives in order. */
const APART_MS = 2;

/** Waits its turn, does the work and gives back. */
type Hold = (work: () => Promise<void>) => Promise<void>;
type Side = { overheadMs: number; handoverMs: number; overtaken: number; deadHolderMs: number };
type Round = { winnow: Side; bare: Side };

export async function bench(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "winnow-bench-lock-"));
  const postgres = await startPostgres({ dir: join(dir, "postgres"), database: "winnow" });
  const db = openDb(postgres.url);
  const order: HolderOrder = { databaseUrl: postgres.url, kbId: newId(), bareKey: newId() };
  const lock = openLock(db, order.kbId);
  const clients = Array.from({ length: WAITERS + 1 }, () => new pg.Client(postgres.url));
  try {
    await Promise.all(clients.map((client) => client.connect()));
    const holds: Hold[] = clients.map(() => (work) => lock.hold(work));
    const bareHolds: Hold[] = clients.map((client) => (work) => bareHold(client, order.bareKey, work));
    await overhead(holds[0]!);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure(holds, bareHolds, order));
    return present(rounds);
  } finally {
    await lock.close();
    await Promise.all(clients.map((client) => client.end()));
    await closeDb(db);
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function measure(holds: Hold[], bareHolds: Hold[], order: HolderOrder): Promise<Round> {
  const [bareMs, ms] = [await overhead(bareHolds[0]!), await overhead(holds[0]!)];
  const [bareQueues, ourQueues] = [await queues(bareHolds, APART_MS), await queues(holds, 0)];
  const kills: Array<[number, number]> = [];
  for (let kill = 0; kill < KILLS; kill += 1) kills.push(await untilFree(order, [holds[0]!, bareHolds[0]!]));
  return {
    winnow: { overheadMs: ms, ...ourQueues, deadHolderMs: median(kills.map(([winnow]) => winnow)) },
    bare: { overheadMs: bareMs, ...bareQueues, deadHolderMs: median(kills.map(([, bare]) => bare)) },
  };
}

async function bareHold(client: pg.Client, key: string, work: () => Promise<void>): Promise<void> {
  await client.query(TAKE, [key]);
  await work();
  await client.query(GIVE_BACK, [key]);
}

/** @returns ms for taking and giving back while nobody else is there, p50 */
async function overhead(hold: Hold): Promise<number> {
  const durationsMs: number[] = [];
  for (let at = 0; at < HOLDS; at += 1) {
    const startedMs = performance.now();
    await hold(async () => {});
    durationsMs.push(performance.now() - startedMs);
  }
  return median(durationsMs);
}

/** Twenty queue up behind a holder, again and again. @returns ms from one to the next, p50, and how many pairs changed places */
async function queues(holds: readonly Hold[], apartMs: number): Promise<{ handoverMs: number; overtaken: number }> {
  const handoversMs: number[] = [];
  let overtaken = 0;
  for (let queue = 0; queue < QUEUES; queue += 1) {
    const order: number[] = [];
    let lastMs = 0;
    const [first, ...others] = holds as [Hold, ...Hold[]];
    const [isHeld, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holder = first(() => {
      isHeld.resolve();
      return letGo.promise;
    });
    await isHeld.promise;
    const waiting: Array<Promise<void>> = [];
    for (const [at, hold] of others.entries()) {
      waiting.push(
        hold(async () => {
          const nowMs = performance.now();
          handoversMs.push(nowMs - lastMs);
          lastMs = nowMs;
          order.push(at);
        }),
      );
      if (apartMs > 0) await pause(apartMs);
    }
    await pause(QUEUED_MS);
    lastMs = performance.now();
    letGo.resolve();
    await Promise.all([holder, ...waiting]);
    overtaken += order.flatMap((at, place) => order.slice(place + 1).filter((later) => later < at)).length;
  }
  return { handoverMs: median(handoversMs), overtaken };
}

/** @returns ms from `kill -9` of a process that holds a lock until each of these, waiting for it, has it */
async function untilFree(order: HolderOrder, [hold, bare]: [Hold, Hold]): Promise<[number, number]> {
  const holder = fork(join(ROOT, "tests/bench/lock-holder.ts"), [JSON.stringify(order)], { cwd: ROOT });
  try {
    await once(holder, "message");
    const heldAtMs = [hold, bare].map(async (each) => {
      let atMs = Number.NaN;
      await each(async () => void (atMs = performance.now()));
      return atMs;
    });
    await pause(QUEUED_MS);
    const killedMs = performance.now();
    holder.kill("SIGKILL");
    const [winnowMs, bareMs] = (await Promise.all(heldAtMs)) as [number, number];
    return [winnowMs - killedMs, bareMs - killedMs];
  } finally {
    holder.kill("SIGKILL");
  }
}

function present(rounds: Round[]): BenchRow[] {
  const figures = (side: keyof Round, what: keyof Side) => rounds.map((round) => round[side][what]);
  const lockRow = (name: string, what: keyof Side) =>
    row(name, figures("winnow", what), { [`advisory_lock.${what}`]: rounded(median(figures("bare", what))) });
  return [
    lockRow("lock.overhead_ms.p50", "overheadMs"),
    lockRow("lock.handover_ms.p50", "handoverMs"),
    lockRow("lock.overtaken", "overtaken"),
    lockRow("lock.dead_holder_ms", "deadHolderMs"),
  ];
}
