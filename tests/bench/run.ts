// What a run costs beside its model: our own time for a batch of 50 messages, with a model that answers at once in this process; and how
// long 5,000 messages take with a model that thinks for a second, through a real worker, beside the batches that must follow each other.
import { setTimeout as pause } from "node:timers/promises";

import { analysisHandlers } from "#server/analysis/handlers.ts";
import { createRun, startRun } from "#server/analysis/index.ts";
import { startQueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { closeDb, openDb, transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { createLog } from "#server/lib/log.ts";
import { createLlm, type Llm, type Provider } from "#server/llm/index.ts";
import { setSetting } from "#server/settings/index.ts";
import { startFakeModel } from "#tests/support/fake-model.ts";
import { makers } from "#tests/support/make.ts";
import { startGround } from "#tests/support/processes.ts";

import { type BenchRow, median, row, rounded, ROUNDS } from "./rounds.ts";

const BATCHES = 100;
const PER_BATCH = 50;
const LATENCY_MS = 1_000;
const AT_ONCE = 8;
/** 50 of them are a batch by their number, before their minutes are over. */
const BETWEEN_S = 10;
const FIRST = new Date("2026-11-20T08:00:00Z");
const LAST = new Date(FIRST.getTime() + BATCHES * PER_BATCH * BETWEEN_S * 1_000);
const MODEL: Provider = { name: "openai", model: "bench-1", label: "bench-1", isModel: true, providerId: null };

export async function bench(): Promise<BenchRow[]> {
  const model = await startFakeModel({ latencyMs: LATENCY_MS });
  const ground = await startGround({ OPENAI_BASE_URL: model.baseUrl, LLM_MODEL: "bench-1" });
  const db = openDb(ground.databaseUrl, { max: 20 });
  const ctx: Ctx = {
    ...{ actor: { type: "system", name: "bench" }, db, log: createLog({ level: "silent" }), now: () => new Date() },
  };
  try {
    const { id: spaceId } = await makers(db).space();
    await fill(ctx, spaceId);
    const own = await measureOwn(ctx, spaceId);
    const wall = await measureWall(ctx, spaceId, ground.startWorker);
    return [own, wall];
  } finally {
    await closeDb(db);
    await ground.stop();
    await model.stop();
  }
}

/** A chat of twenty people who say something to do now and then. */
async function fill(ctx: Ctx, spaceId: string): Promise<void> {
  const make = makers(ctx.db);
  const chat = await make.chat({ spaceId });
  const people = await Promise.all(
    Array.from({ length: 20 }, (_, i) => make.contributor({ spaceId, displayName: `Person ${i}` })),
  );
  const rows = Array.from({ length: BATCHES * PER_BATCH }, (_, i) => ({
    id: newId(),
    contributor_id: people[i % people.length]!.id,
    external_id: String(i),
    text: `Please check buoy ${i} before the ferry sails, its lamp was out again last night.`,
    sent_at: new Date(FIRST.getTime() + i * BETWEEN_S * 1_000),
  }));
  await ctx.db.pool.query(
    `insert into messages (id, space_id, chat_id, contributor_id, external_id, kind, text, sent_at)
     select m.id, $1, $2, m.contributor_id, m.external_id, 'text', m.text, m.sent_at
       from jsonb_to_recordset($3::jsonb) as m (id uuid, contributor_id uuid, external_id text, text text, sent_at timestamptz)`,
    [spaceId, chat.id, JSON.stringify(rows)],
  );
}

/** @returns ms from the start of a run to its completion */
async function oneRun(ctx: Ctx, spaceId: string): Promise<number> {
  const { id: runId } = await createRun(ctx, { spaceId, windowStart: FIRST, windowEnd: LAST, readsAgain: true });
  await startRun(ctx, { spaceId, runId, provider: MODEL });
  for (;;) {
    const run = await ctx.db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
    if (run.status === "failed" || run.batchesFailed > 0) throw new Error(`The run failed: ${run.failure}`);
    if (run.completedAt && run.startedAt) {
      if (run.batchesDone !== BATCHES) throw new Error(`${run.batchesDone} batches instead of ${BATCHES}`);
      // As if it had been decided: the next one may be opened.
      await ctx.db.pool.query("update runs set status = 'cancelled', ended_at = now() where id = $1", [runId]);
      return run.completedAt.getTime() - run.startedAt.getTime();
    }
    await pause(100);
  }
}

async function measureOwn(ctx: Ctx, spaceId: string): Promise<BenchRow> {
  await setSetting(ctx, { spaceId, key: "analysis.parallelBatches", value: 1 });
  const queue = await startQueue({
    ctx,
    handlers: analysisHandlers({ llm: instantModel(ctx) }),
    homeId: newId(),
    concurrency: 4,
    onFailedForGood: async (_ctx, name, _payload, error) => console.error(name, error),
  });
  try {
    await oneRun(ctx, spaceId);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ bareMs: await bareMs(ctx, spaceId), ownMs: (await oneRun(ctx, spaceId)) / BATCHES });
    }
    return row(
      "run.own_ms_per_batch",
      rounds.map(({ ownMs }) => ownMs),
      { "bare.read_and_insert_ms": rounded(median(rounds.map(({ bareMs: ms }) => ms))) },
    );
  } finally {
    await queue.stop();
  }
}

/** The least that a batch asks of the database: its messages read, and in one transaction something written of each batch. */
async function bareMs(ctx: Ctx, spaceId: string): Promise<number> {
  const { rows } = await ctx.db.pool.query<{ ids: string[] }>(
    "select message_ids as ids from batches where space_id = $1 order by run_id desc, position limit $2",
    [spaceId, BATCHES],
  );
  const startedMs = performance.now();
  for (const { ids } of rows) {
    await ctx.db.pool.query("select * from messages where id = any($1)", [ids]);
    await transaction(ctx.db, async (tx) => {
      await tx.query("update batches set dropped = dropped where message_ids = $1", [ids]);
      await tx.query("update runs set batches_done = batches_done where space_id = $1 and status = 'running'", [
        spaceId,
      ]);
    });
  }
  return (performance.now() - startedMs) / rows.length;
}

/** Finds one task in each batch, at once: what is left is ours. */
function instantModel(ctx: Ctx): Llm {
  const { db, log, now } = ctx;
  const none = createLlm({ env: { LLM_MODEL: "bench-1" }, db, log, now, secret: "the secret of the bench" });
  return {
    ...none,
    providerFor: async () => MODEL,
    decide: async (decision) => ({
      output: decision.output.parse(TASK),
      ...{ generatedBy: "bench-1", promptVersion: decision.version, promptKey: String(decision.version) },
      ...{ providerId: null, fellBack: false },
    }),
  };
}

const TASK = {
  proposals: [
    {
      ...{ kind: "task", title: "Check the buoys", body: "", noteType: "Task", topic: "Buoys", tags: ["lamp"] },
      ...{ intent: "request", confidence: 0.8, why: "Somebody asks for it." },
      quotes: [{ message: "m1", text: "before the ferry sails" }],
    },
  ],
};

async function measureWall(
  ctx: Ctx,
  spaceId: string,
  startWorker: () => Promise<{ stop: () => Promise<unknown> }>,
): Promise<BenchRow> {
  await setSetting(ctx, { spaceId, key: "analysis.parallelBatches", value: AT_ONCE });
  const worker = await startWorker();
  try {
    const idealMs = Math.ceil(BATCHES / AT_ONCE) * LATENCY_MS;
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await oneRun(ctx, spaceId));
    return row(
      "run.wall_vs_ideal",
      rounds.map((ms) => ms / idealMs),
      {
        "ideal.s": idealMs / 1_000,
        "wall.s": rounded(median(rounds) / 1_000),
        at_once: AT_ONCE,
        messages: BATCHES * PER_BATCH,
      },
    );
  } finally {
    await worker.stop();
  }
}
