import { readdirSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { expect, onTestFinished } from "vitest";

import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { closeDb, type Db, openDb } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";
import { bulk } from "#server/proposals/bulk.ts";
import { approve } from "#server/proposals/index.ts";
import { setSetting } from "#server/settings/index.ts";
import { startPostgres } from "#server/start/postgres.ts";

import { migrate } from "../../prisma/migrate.ts";

import { bareRemote } from "./kb-remote.ts";
import { personsGit, temporaryFolder } from "./kb.ts";
import { makers } from "./make.ts";
import { AUTH_SECRET, type Program, startProgram } from "./processes.ts";
import type { Random } from "./kb-torture-random.ts";

/** A space whose notes are written by processes that are killed, with a remote that others push to. */
export type Torture = {
  ctx: Ctx;
  db: Db;
  spaceId: string;
  dataDir: string;
  /** The bare repository that all push to. */
  remote: string;
  reviewers: Reviewer[];
  /** A proposal for each folder, for when nobody disturbs any more. */
  kept: Pending[];
  workers: Program[];
  startWorker: () => Promise<Program>;
  /** What the workers printed, those that were killed too. */
  output: () => string;
};

type Pending = { proposalId: string; version: number; title: string };
export type Reviewer = { ctx: Ctx; proposals: Pending[] };

/** Where the notes go: a folder each, the first is that of tasks. */
export const FOLDERS = ["tasks", "topics/harbour", "topics/lighthouse", "topics/ferry"] as const;
const TOPICS = ["Quay", "Harbour", "Lighthouse", "Ferry"] as const;
/** Nobody waits longer for a turn: far below what the test takes, far above what a turn does. */
export const MAX_WAIT_S = 60;

/** A dead worker's jobs are given back after some 16 s; then there may be many. */
const SETTLED_MS = 60_000;

/**
 * @param perReviewer how many proposals each reviewer has to approve
 * @param refusesEveryThird whether the remote turns away every third push, whoever's it is
 */
export async function startTorture(given: {
  reviewers: number;
  perReviewer: number;
  workers: number;
  refusesEveryThird?: boolean;
}): Promise<Torture> {
  const remote = (await bareRemote()).path;
  if (given.refusesEveryThird) refuseEveryThird(remote);
  const { databaseUrl, dataDir, start } = await startRoom({ KB_GIT_REMOTE: remote });
  const db = openDb(databaseUrl);
  onTestFinished(() => closeDb(db));
  const ctx = contextOf(db, { type: "system", name: "test" });
  const make = makers(db);
  const { id: spaceId } = await make.space();
  await setSetting(ctx, { spaceId, key: "kb.lockTimeoutS", value: MAX_WAIT_S });
  await setSetting(ctx, { spaceId, key: "kb.syncEveryS", value: 5 });
  const { id: runId } = await make.run({ spaceId });
  const propose = async (title: string, at: number): Promise<Pending> => {
    const details = { noteType: at === 0 ? "Task" : "Decision", topic: TOPICS[at] ?? null } as const;
    const { id, version } = await make.proposal({ runId, title, body: `About ${title}.`, details });
    return { proposalId: id, version, title };
  };
  const reviewers: Reviewer[] = [];
  for (let number = 0; number < given.reviewers; number++) {
    const { actor } = await make.user({ spaceId, name: `Reviewer ${number}` });
    const proposals: Pending[] = [];
    for (let i = 0; i < given.perReviewer; i++) {
      proposals.push(await propose(`Repaint buoy ${number}-${i}`, i % FOLDERS.length));
    }
    reviewers.push({ ctx: contextOf(db, actor), proposals });
  }
  const kept: Pending[] = [];
  for (const [at, folder] of FOLDERS.entries()) kept.push(await propose(`End of ${folder}`, at));
  const workers: Program[] = [];
  const all: Program[] = [];
  const startWorker = async () => {
    const worker = await start();
    workers.push(worker);
    all.push(worker);
    return worker;
  };
  await Promise.all(Array.from({ length: given.workers }, startWorker));
  const output = () => all.map((worker) => worker.output()).join("\n");
  return { ctx, db, spaceId, dataDir, remote, reviewers, kept, workers, startWorker, output };
}

/** A durable Postgres and a data folder for workers, as `startGround` has them, with as many connections as a Postgres gives out as a rule. */
async function startRoom(env: Record<string, string>) {
  const dir = temporaryFolder();
  const postgres = await startPostgres({ dir: join(dir, "postgres"), database: "winnow" });
  onTestFinished(() => postgres.stop());
  await migrate(postgres.url);
  const dataDir = join(dir, "data");
  const start = async () => {
    const worker = await startProgram("server/worker/index.ts", {
      ...{ DATABASE_URL: postgres.url, DATA_DIR: dataDir, AUTH_SECRET },
      ...env,
    });
    onTestFinished(() => worker.kill9());
    return worker;
  };
  return { databaseUrl: postgres.url, dataDir, start };
}

/** Approves the proposals of a reviewer, one by one or some at a time, as people do. */
export async function review(torture: Torture, { ctx, proposals }: Reviewer, random: Random): Promise<void> {
  const { spaceId } = torture;
  for (let at = 0; at < proposals.length;) {
    const items = proposals.slice(at, at + (random.chance(0.3) ? random.whole(2, 8) : 1));
    at += items.length;
    const [first] = items;
    if (first && items.length === 1) await approve(ctx, { spaceId, ...first });
    else expect((await bulk(ctx, { spaceId, action: "approve", items })).filter((each) => each.refusal)).toEqual([]);
    await pause(random.whole(50, 300) * items.length);
  }
}

/** Kills workers, each of them followed by a new one: at moments that chance decides, or between a commit and its rows. */
export async function keepKilling(torture: Torture, random: Random, kills: number): Promise<void> {
  const { workers, startWorker } = torture;
  const starting: Promise<unknown>[] = [];
  for (let kill = 0; kill < kills; kill++) {
    await pause(random.whole(300, 1_200));
    // One is left to see what the others left behind.
    while (workers.length < 2) await pause(20);
    const caught = random.chance(0.6) ? await committing(torture) : undefined;
    const victim = caught ?? random.pick(workers);
    if (!victim) continue;
    // At once: what it is at takes a few milliseconds.
    const killed = victim.kill9();
    workers.splice(workers.indexOf(victim), 1);
    await killed;
    starting.push(startWorker());
  }
  await Promise.all(starting);
}

/** The worker that has just moved the branch, where one does within a second: the rows do not say so yet. */
async function committing(torture: Torture): Promise<Program | undefined> {
  const { db, spaceId, workers } = torture;
  const kb = await db.prisma.knowledgeBase.findUnique({ where: { spaceId } });
  if (!kb?.headCommit) return undefined;
  const moved = Promise.withResolvers<void>();
  const heads = join(kbFolder(torture), ".git", "refs", "heads");
  const watcher = watch(heads, (_, name) => void (name === "main" && moved.resolve()));
  await Promise.race([moved.promise, pause(1_000)]);
  watcher.close();
  const { rows } = await db.pool.query<{ by: string }>(
    "select worked_by as by from kb_operations where space_id = $1 and status = 'running' order by started_at desc limit 1",
    [spaceId],
  );
  return workers.find(({ pid }) => rows[0]?.by.endsWith(`:${pid}`));
}

/** Looks again and again whether the remote has what is said to be pushed, until told to stop. */
export function watchPushed({ db, spaceId, remote }: Torture): { stop: () => Promise<void> } {
  let isOver = false;
  const look = async () => {
    const { rows } = await db.pool.query<{ hash: string }>(
      "select distinct commit_hash as hash from kb_operations where space_id = $1 and status = 'pushed'",
      [spaceId],
    );
    const there = new Set((await personsGit(remote, "rev-list", "--all")).split("\n"));
    expect(rows.filter(({ hash }) => !there.has(hash))).toEqual([]);
  };
  const watching = (async () => {
    while (!isOver) {
      await look();
      await pause(300);
    }
  })();
  watching.catch(() => {});
  return {
    stop: async () => {
      isOver = true;
      await watching;
    },
  };
}

/** Waits until all that was approved is in the remote, and nothing is left to do or to be told. */
export async function expectSettled(torture: Torture, approved: number): Promise<void> {
  const { db, spaceId, remote } = torture;
  const state = async () => {
    const applied = await db.prisma.event.count({ where: { spaceId, type: "proposal.applied" } });
    const kb = await db.prisma.knowledgeBase.findUnique({ where: { spaceId } });
    const head = await personsGit(remote, "rev-parse", "main").catch(() => "none");
    const isLevel = kb?.headCommit === head && kb.pushedCommit === head;
    const said = [kb?.pushFailure, kb?.syncFailure, kb?.workTreeNote, ...(kb?.leftAlone ?? [])].filter(Boolean);
    return { applied, isLevel, said, unfinished: await unfinished(torture) };
  };
  const settled = { applied: approved, isLevel: true, said: [], unfinished: [] };
  await expect.poll(state, { timeout: SETTLED_MS, interval: 200 }).toEqual(settled);
}

/** The operations that have not come to their end. */
async function unfinished({ db, spaceId }: Torture) {
  const rows = await db.prisma.kbOperation.findMany({ where: { spaceId, status: { not: "pushed" } } });
  // What takes in the work of others has no row of its own that lives on: the next look at the remote has another.
  const isOver = ({ kind, failure }: (typeof rows)[number]) =>
    kind === "sync" && failure?.startsWith("Its process ended");
  return rows
    .filter((row) => !isOver(row))
    .map(({ kind, status, subject, failure }) => ({ kind, status, subject, failure }));
}

/** The folder of the one knowledge base. */
export function kbFolder({ dataDir }: Torture): string {
  const [folder = "", ...others] = readdirSync(join(dataDir, "kb"));
  expect(others).toEqual([]);
  return join(dataDir, "kb", folder);
}

function contextOf(db: Db, actor: Actor): Ctx {
  return { actor, db, log: createLog({ level: "silent" }), now: () => new Date() };
}

function refuseEveryThird(remote: string): void {
  const hook = `#!/bin/sh
count=$(($(cat pushes 2>/dev/null || echo 0) + 1))
echo $count > pushes
[ $((count % 3)) -ne 0 ] || { echo "Come back later." >&2; exit 1; }
`;
  writeFileSync(join(remote, "hooks", "pre-receive"), hook, { mode: 0o755 });
}
