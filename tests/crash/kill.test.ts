import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { afterEach, describe, expect, onTestFinished, test } from "vitest";

import { createRun, startRun } from "#server/analysis/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { closeDb, type Db, openDb } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";
import { approve } from "#server/proposals/index.ts";
import { webhookSecret } from "#server/telegram/index.ts";
import { startFakeModel } from "#tests/support/fake-model.ts";
import { makers } from "#tests/support/make.ts";
import { AUTH_SECRET, startGround, startWinnow } from "#tests/support/processes.ts";
import { messageUpdate } from "#tests/support/telegram-updates/updates.ts";

// Guarantee: kill -9 of any process, anywhere, loses nothing that was acknowledged and does nothing twice.

const RECOVERY_MS = 60_000;
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function prepare(env: Record<string, string> = {}) {
  const ground = await startGround(env);
  cleanups.push(ground.stop);
  const db = openDb(ground.databaseUrl);
  cleanups.push(() => closeDb(db));
  return { ground, ctx: contextOn(db), db, make: makers(db) };
}

function contextOn(db: Db): Ctx {
  return { actor: { type: "system", name: "test" }, db, log: createLog({ level: "silent" }), now: () => new Date() };
}

type Ground = Awaited<ReturnType<typeof startGround>>;

/** Sends updates one after another, as fast as they are answered, until told to stop. @returns the ids that were acknowledged */
function keepSending(url: string) {
  const secret = webhookSecret({ TELEGRAM_WEBHOOK_SECRET: undefined }, AUTH_SECRET);
  const acknowledged: number[] = [];
  let isOver = false;
  const lane = async () => {
    while (!isOver) {
      const update = messageUpdate({ text: "Acknowledged means kept." });
      try {
        const answer = await fetch(`${url}/api/telegram/webhook`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret },
          body: JSON.stringify(update),
        });
        if (answer.status === 200) acknowledged.push(update.update_id);
      } catch {
        // Not answered, so not acknowledged: Telegram would send it again.
        await pause(20);
      }
    }
  };
  const lanes = Promise.all(Array.from({ length: 8 }, lane));
  return {
    acknowledged,
    end: async () => {
      isOver = true;
      await lanes;
      return acknowledged;
    },
  };
}

async function expectAllRecorded(ctx: Ctx, acknowledged: number[]) {
  expect(acknowledged.length).toBeGreaterThan(20);
  const pending = () => ctx.db.prisma.inboundUpdate.count({ where: { handledAt: null } });
  await expect.poll(pending, { timeout: RECOVERY_MS }).toBe(0);
  const rows = await ctx.db.prisma.inboundUpdate.findMany({ where: { updateId: { in: acknowledged } } });
  expect(rows.length).toBe(acknowledged.length);
  expect(new Set(rows.map((row) => row.outcome))).toEqual(new Set(["recorded"]));
  expect(await ctx.db.prisma.message.count()).toBeGreaterThanOrEqual(acknowledged.length);
}

describe("kill -9", () => {
  test("of the web process: every acknowledged update becomes a message", async () => {
    const { ground, ctx, make } = await prepare();
    await make.space();
    const web = await ground.startWeb();
    const sending = keepSending(web.url);
    await expect.poll(() => sending.acknowledged.length).toBeGreaterThan(50);
    await web.kill9();
    const acknowledged = await sending.end();
    await ground.startWorker();
    await expectAllRecorded(ctx, acknowledged);
  });

  test("of Postgres under `npm start`: every acknowledged update becomes a message, and all goes on by itself", async () => {
    const winnow = await startWinnow();
    cleanups.push(winnow.stop);
    const db = openDb(winnow.databaseUrl());
    cleanups.push(() => closeDb(db));
    await makers(db).space();
    const sending = keepSending(winnow.url);
    await expect.poll(() => sending.acknowledged.length).toBeGreaterThan(50);
    process.kill(winnow.postgresPid(), "SIGKILL");
    const before = sending.acknowledged.length;
    await expect.poll(() => sending.acknowledged.length, { timeout: RECOVERY_MS }).toBeGreaterThan(before + 50);
    await expectAllRecorded(contextOn(db), await sending.end());
  });

  test("of the worker in the middle of a run: finished batches were asked once, and the run completes", async () => {
    const model = await startFakeModel({ latencyMs: 400 });
    onTestFinished(() => model.stop());
    model.always((request) => ({ type: "json", value: { proposals: [taskOf(request.messages[0]!)] } }));
    const { ground, ctx, db, make } = await prepare({ OPENAI_BASE_URL: model.baseUrl, LLM_MODEL: "fake-1" });
    const { id: spaceId } = await make.space();
    const chat = await make.chat({ spaceId });
    const start = Date.now() - 8 * 3_600_000;
    for (let i = 0; i < 10; i += 1) {
      await make.message({ chatId: chat.id, text: `Please check buoy ${i}.`, sentAt: new Date(start + i * 1_200_000) });
    }
    const first = await ground.startWorker();
    const { id: runId } = await createRun(ctx, {
      spaceId,
      windowStart: new Date(start - 60_000),
      windowEnd: new Date(),
    });
    const provider = { name: "openai", model: "fake-1", label: "fake-1", isModel: true, providerId: null } as const;
    await startRun(ctx, { spaceId, runId, provider });
    const done = () => db.prisma.batch.findMany({ where: { runId, status: "done" } });
    await expect.poll(async () => (await done()).length, { timeout: RECOVERY_MS }).toBeGreaterThanOrEqual(3);
    await first.kill9();

    const finished = new Set((await done()).flatMap((batch) => batch.messageIds));
    const finishedTexts = (await db.prisma.message.findMany({ where: { id: { in: [...finished] } } })).map(
      (row) => row.text,
    );
    await ground.startWorker();
    const status = async () => (await db.prisma.run.findUniqueOrThrow({ where: { id: runId } })).status;
    await expect.poll(status, { timeout: RECOVERY_MS }).toBe("completed");
    const asked = (text: string) => model.requests.filter((request) => request.messages[0]?.text === text).length;
    expect(finishedTexts.map((text) => [text, asked(text)])).toEqual(finishedTexts.map((text) => [text, 1]));
    expect(await db.prisma.proposal.count({ where: { runId } })).toBe(10);
    expect(await db.prisma.run.findUnique({ where: { id: runId } })).toMatchObject({
      batchesDone: 10,
      proposalsPending: 10,
    });
  });

  test("of the worker in the middle of commits, three times: each approved proposal has exactly one", async () => {
    const { ground, ctx, db, make } = await prepare();
    const { id: spaceId } = await make.space();
    const run = await make.run({ spaceId });
    const proposals = [];
    for (let i = 0; i < 24; i += 1) proposals.push(await make.proposal({ runId: run.id, title: `Repaint buoy ${i}` }));
    for (const { id: proposalId } of proposals) await approve(ctx, { spaceId, proposalId, version: 1 });

    const committed = () => db.prisma.note.count({ where: { spaceId } });
    for (const share of [2, 6, 12]) {
      const worker = await ground.startWorker();
      await expect.poll(committed, { timeout: RECOVERY_MS, interval: 5 }).toBeGreaterThanOrEqual(share);
      await worker.kill9();
    }
    const last = await ground.startWorker();
    await expect.poll(committed, { timeout: RECOVERY_MS }).toBe(proposals.length);
    // All but the sweep of the next night.
    const waiting = () => db.pool.query("select from graphile_worker.jobs where task_identifier <> 'analysis.sweep'");
    await expect.poll(async () => (await waiting()).rowCount, { timeout: RECOVERY_MS }).toBe(0);
    await last.stop();

    const folder = kbFolder(ground);
    const trailers = git(folder, "log", "--format=%(trailers:key=Winnow-Proposal,valueonly,separator=%x2C)")
      .split("\n")
      .filter(Boolean);
    expect(trailers.toSorted()).toEqual(proposals.map((proposal) => proposal.id).toSorted());
    expect(git(folder, "fsck", "--strict")).toBe("");
    expect(git(folder, "status", "--porcelain")).toBe("");
  });
});

function taskOf(message: { label: string; text: string }) {
  return {
    ...{ kind: "task", title: message.text, body: "", noteType: "Task", topic: null, tags: [], intent: "request" },
    ...{ priority: null, category: null, assigneeName: null, due: null, confidence: 0.8, why: "Somebody asks for it." },
    quotes: [{ message: message.label, text: message.text }],
  };
}

function kbFolder(ground: Ground): string {
  const kbs = readdirSync(`${ground.dataDir}/kb`);
  expect(kbs).toHaveLength(1);
  return `${ground.dataDir}/kb/${kbs[0]}`;
}

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();
