import { expect } from "vitest";

import type { JobRun } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { approve, propose, reject } from "#server/proposals/index.ts";
import { ProposalDetails } from "#server/proposals/schema.ts";
import { answers, foundTask } from "#tests/support/extraction.ts";
import { live, test } from "#tests/support/llm.ts";
import type { Make } from "#tests/support/make.ts";

import { withoutAnswers } from "./answers.ts";
import { listReplays, replayById } from "./queries.ts";
import { readLane } from "./read.ts";
import { cancelReplay, startReplay } from "./replays.ts";

const job = (signal = live()): JobRun => ({
  ...{ jobId: "1", attempt: 1, isLastAttempt: false, workerProcessId: newId() },
  signal,
});

test("a past run is read by another model, proposes nothing, and is held against what people decided", async ({
  ctx,
  db,
  make,
  llm,
  model,
}) => {
  const { spaceId, runId, lane, proposals } = await decidedRun(ctx, make);
  answers(
    model,
    foundTask({ title: "Permit", quotes: [{ message: "m1", text: "renew the harbour permit" }] }),
    foundTask({ title: "Buy plants", quotes: [{ message: "m2", text: "water the plants" }] }),
    foundTask({ title: "Call the mayor", quotes: [{ message: "m3", text: "The mayor called" }] }),
  );
  const { id: replayId } = await startReplay({ llm: llm() }, ctx, { spaceId, runId, model: "gpt-4.1" });
  await readLane({ llm: llm() }, ctx, lane(replayId), job());

  expect(model.requests.map(({ model: asked }) => asked)).toEqual(["gpt-4.1"]);
  expect(await db.prisma.proposal.count({ where: { spaceId } })).toBe(proposals);
  const seen = await replayById(ctx, { spaceId, replayId });
  expect(seen).toMatchObject({
    ...{ status: "done", model: "gpt-4.1", batches: 1, batchesRead: 1, messages: 3 },
    decisions: { useful: 2, rejected: 1, open: 0 },
    replay: { found: 1, missed: 1, wronglyFound: 1, extra: 1, recall: 0.5, precision: 0.5, calls: 1 },
    original: { found: 2, missed: 0, wronglyFound: 1, recall: 1, calls: 0 },
    rows: {
      found: [{ title: "Renew the harbour permit", foundTitle: "Permit" }],
      missed: [{ title: "Ask the bank", foundTitle: null, quote: "The mayor" }],
      wronglyFound: [{ title: "Water the plants", foundTitle: "Buy plants" }],
      extra: [{ title: "Call the mayor", quote: "The mayor called" }],
    },
  });
  expect((await listReplays(ctx, { spaceId, limit: 5 })).items).toMatchObject([{ id: replayId, status: "done" }]);
  expect(await db.prisma.event.count({ where: { spaceId, type: "replay.completed" } })).toBe(1);
});

test("a lane that is started again asks for nothing twice", async ({ ctx, make, llm, model }) => {
  const { spaceId, runId, lane } = await decidedRun(ctx, make, { batches: 3 });
  const { id: replayId } = await startReplay({ llm: llm() }, ctx, { spaceId, runId });
  const stopping = new AbortController();
  model.always(() => {
    if (model.requests.length === 2) stopping.abort();
    return { type: "json", value: { proposals: [] } };
  });
  await expect(readLane({ llm: llm() }, ctx, lane(replayId), job(stopping.signal))).rejects.toThrow();
  const before = await replayById(ctx, { spaceId, replayId });
  expect(before).toMatchObject({ status: "running", batchesRead: 1 });
  await readLane({ llm: llm() }, ctx, lane(replayId), job());
  await readLane({ llm: llm() }, ctx, lane(replayId), job());
  expect(model.requests).toHaveLength(4);
  expect(await replayById(ctx, { spaceId, replayId })).toMatchObject({ status: "done", batchesRead: 3 });
});

test("a batch that cannot be read is left out of the comparison; cancelling gives the rest up", async ({
  ctx,
  make,
  llm,
  model,
}) => {
  const { spaceId, runId, lane } = await decidedRun(ctx, make, { batches: 2 });
  const { id: replayId } = await startReplay({ llm: llm() }, ctx, { spaceId, runId });
  // It is asked once more before it is believed.
  model.next({ type: "refusal" }, { type: "refusal" }, { type: "hang" });
  const reading = readLane({ llm: llm({ attempts: 1, timeoutMs: 20_000 }) }, ctx, lane(replayId), job());
  await expect.poll(() => model.requests.length).toBe(3);
  await cancelReplay(ctx, { spaceId, replayId });
  await reading;
  expect(await replayById(ctx, { spaceId, replayId })).toMatchObject({
    ...{ status: "cancelled", batchesRead: 0, batchesFailed: 1, decisions: { useful: 0 } },
    failures: [{ position: 0, failure: expect.stringMatching(/\.$/) }],
  });
  await expect(cancelReplay(ctx, { spaceId, replayId })).rejects.toMatchObject({ code: "conflict" });
});

test("what was decided about the same messages is not told to whoever reads them again", async ({ ctx, db, make }) => {
  const { spaceId, runId } = await decidedRun(ctx, make);
  const other = await make.run({ spaceId, status: "closed" });
  const { id: proposalId } = await make.proposal({ runId: other.id });
  await reject(ctx, { spaceId, proposalId, version: 1, reason: "Known" });
  const decisions = await db.prisma.proposalDecision.findMany({
    where: { spaceId, action: "rejected" },
    orderBy: { at: "asc" },
  });
  const examples = decisions.map(({ id }) => ({ ...EXAMPLE, decisionId: id }));
  const given = { ...{ topics: [], atoms: [], earlier: [], contributors: [] }, examples, project: {} as never };
  expect((await withoutAnswers(ctx, runId, given)).examples).toEqual([examples[1]]);
});

const EXAMPLE = { type: "rejected", quote: "", title: "", body: "", code: null, reason: "No", after: null } as const;

/** A run over three messages a batch, with a useful thing in the first and the third message, and one that was rejected in the second. */
async function decidedRun(ctx: Ctx, make: Make, { batches = 1 } = {}) {
  const { id: runId, spaceId } = await make.run({ status: "reviewed" });
  const chat = await make.chat({ spaceId });
  let proposals = 0;
  for (let index = 0; index < batches; index += 1) {
    const texts = [
      "Nora, please renew the harbour permit.",
      "Who is to water the plants?",
      "The mayor called the bank.",
    ];
    const said: Array<{ id: string }> = [];
    for (const [at, text] of texts.entries()) {
      said.push(await make.message({ chatId: chat.id, text, sentAt: new Date(Date.UTC(2026, 10, 20, 8, index, at)) }));
    }
    const batch = await make.batch({ runId, chatId: chat.id });
    await ctx.db.prisma.batch.update({ where: { id: batch.id }, data: { messageIds: said.map(({ id }) => id) } });
    const titles = ["Renew the harbour permit", "Water the plants", "Ask the bank"];
    const quotes = ["renew the harbour", "water the plants", "The mayor"];
    const ids = await transaction(ctx.db, (tx) =>
      propose(tx, ctx, {
        ...{ spaceId, runId, batchId: batch.id, generatedBy: "rules" },
        proposals: titles.map((title, at) => {
          const [quote, text] = [quotes[at]!, texts[at]!];
          const start = text.indexOf(quote);
          return {
            // The last one is a fact, so that a task about the same words is something else.
            ...{
              kind: at === 2 ? ("atom" as const) : ("task" as const),
              title,
              body: "",
              confidence: "strong",
              reasons: [],
            },
            details: ProposalDetails.parse({ noteType: "Task" }),
            evidence: [{ messageId: said[at]!.id, revision: 1, start, end: start + quote.length, quote }],
          };
        }),
      }),
    );
    for (const [at, proposalId] of ids.entries()) {
      if (at === 1) await reject(ctx, { spaceId, proposalId, version: 1, reason: "Nobody asked" });
      else await approve(ctx, { spaceId, proposalId, version: 1 });
    }
    proposals += ids.length;
  }
  const lane = (replayId: string) => ({ spaceId, replayId, lane: 0, lanes: 1 });
  return { spaceId, runId, lane, proposals };
}
