// How fast an update is acknowledged, durably: the real web process beside a bare server that does one INSERT a request, the same
// with a shared INSERT, and a Next route with one Prisma create. No worker runs, on any side.
import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import pg from "pg";

import { build, isBuilt } from "#server/start/build.ts";
import { ROOT, runTool } from "#tests/support/command.ts";
import { freePort, startGround, startProgram } from "#tests/support/processes.ts";

import type { LoadOrder, LoadResult } from "./load.ts";
import { type BenchRow, median, row, rounded, ROUNDS } from "./rounds.ts";

const SECRET = "the-secret-of-the-bench";
const SECONDS = 3;
const WARM_UP_SECONDS = 1;
const CONNECTIONS = [1, 16, 64] as const;
const NEXT_PEER = "tests/bench/next-peer";

type Side = "hot" | "insert" | "coalesced" | "next";
type Place = { port: number; path: string };

export async function bench(): Promise<BenchRow[]> {
  if (!isBuilt()) await build();
  const peer = await runTool(["next", "build", NEXT_PEER]);
  if (peer.code !== 0) throw new Error(`The Next peer could not be built:\n${peer.output}`);

  const ground = await startGround({ TELEGRAM_WEBHOOK_SECRET: SECRET, SECRET, LOG_LEVEL: "info" });
  const others: Array<() => Promise<void>> = [];
  try {
    const web = await ground.startWeb();
    const floors = await Promise.all(
      ["insert", "coalesced"].map((FLOOR) =>
        startProgram("tests/bench/floor-server.ts", { DATABASE_URL: ground.databaseUrl, SECRET, FLOOR }),
      ),
    );
    others.push(...floors.map((floor) => floor.kill9));
    const next = await startNextPeer(ground.databaseUrl);
    others.push(next.stop);
    const places: Record<Side, Place> = {
      hot: { port: portOf(web.url), path: "/api/telegram/webhook" },
      insert: { port: portOf(floors[0]!.url), path: "/" },
      coalesced: { port: portOf(floors[1]!.url), path: "/" },
      next: { port: next.port, path: "/ack" },
    };
    return await measure(places, ground.databaseUrl);
  } finally {
    for (const stop of others) await stop();
    await ground.stop();
  }
}

async function measure(places: Record<Side, Place>, databaseUrl: string): Promise<BenchRow[]> {
  const database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const results = new Map<string, LoadResult[]>();
  let firstUpdateId = 1;
  const run = async (side: Side, connections: number, seconds: number) => {
    await database.query("truncate inbound_updates");
    await database.query("checkpoint");
    firstUpdateId += 10_000_000;
    const result = await load({ ...places[side], secret: SECRET, connections, seconds, firstUpdateId });
    const { rows } = await database.query<{ stored: number }>("select count(*)::int as stored from inbound_updates");
    if (result.refused > 0 || rows[0]?.stored === 0) {
      throw new Error(`${side} refused ${result.refused} updates and stored ${rows[0]?.stored}.`);
    }
    return result;
  };

  const sides = Object.keys(places) as Side[];
  for (const side of sides) await run(side, 64, WARM_UP_SECONDS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const connections of CONNECTIONS) {
      // Each round begins with another side, so that none always comes first.
      for (const side of [...sides.slice(round), ...sides.slice(0, round)]) {
        const key = `${side}.c${connections}`;
        results.set(key, [...(results.get(key) ?? []), await run(side, connections, SECONDS)]);
      }
    }
  }
  await database.end();

  const figures = (side: Side, connections: number, what: "perSecond" | "p50Ms" | "p99Ms") =>
    results.get(`${side}.c${connections}`)!.map((result) => result[what]);
  const compare = (name: string, what: "perSecond" | "p50Ms", other: Side, connections: number) => {
    const [ours, theirs] = [figures("hot", connections, what), figures(other, connections, what)];
    return row(
      name,
      ours.map((figure, round) => figure / theirs[round]!),
      {
        [`hot.${what}`]: rounded(median(ours)),
        [`${other}.${what}`]: rounded(median(theirs)),
        "hot.p99Ms": rounded(median(figures("hot", connections, "p99Ms"))),
      },
    );
  };
  return [
    ...[16, 64].map((connections) => compare(`ack.hot_vs_insert.c${connections}`, "perSecond", "insert", connections)),
    ...[16, 64].map((connections) =>
      compare(`ack.hot_vs_coalesced.c${connections}`, "perSecond", "coalesced", connections),
    ),
    compare("ack.hot_vs_next_prisma.c64", "perSecond", "next", 64),
    compare("ack.p50_vs_insert.c1", "p50Ms", "insert", 1),
  ];
}

function load(order: LoadOrder): Promise<LoadResult> {
  const child = fork(join(ROOT, "tests/bench/load.ts"), [JSON.stringify(order)], { cwd: ROOT });
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as LoadResult));
    child.once("exit", (code) => reject(new Error(`The load generator ended with code ${code}.`)));
  });
}

async function startNextPeer(databaseUrl: string): Promise<{ port: number; stop: () => Promise<void> }> {
  const port = await freePort();
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const child: ChildProcess = fork(next, ["start", NEXT_PEER, "-p", String(port), "-H", "127.0.0.1"], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production", DATABASE_URL: databaseUrl, SECRET },
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/ack`).catch(() => null);
    if (answer) break;
    if (tries > 200) throw new Error("The Next peer does not answer.");
    await pause(100);
  }
  return {
    port,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

const portOf = (url: string) => Number(new URL(url).port);
