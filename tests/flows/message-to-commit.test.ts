import { execFileSync } from "node:child_process";

import { describe, expect, onTestFinished } from "vitest";

import { createRun } from "#server/analysis/runs/create.ts";
import { closeRun, startRun } from "#server/analysis/runs/runs.ts";
import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { approve } from "#server/proposals/decide.ts";
import { merge } from "#server/proposals/merge.ts";
import { undo } from "#server/proposals/undo.ts";
import { startServices } from "#tests/support/services.ts";
import { messageUpdate } from "#tests/support/telegram-updates/updates.ts";
import { test } from "#tests/support/test.ts";

// The main job on real Postgres and real git: what a person says becomes a proposal, a decision, a note and a commit.

async function startTalk(ctx: Ctx, spaceId: string, lines: string[]) {
  const services = await startServices(ctx);
  onTestFinished(() => services.stop());
  const now = Math.floor(Date.now() / 1000);
  for (const [i, text] of lines.entries()) {
    const answer = await services.send(messageUpdate({ text, date: now - 600 + i }));
    expect(answer.status).toBe(200);
  }
  await expect.poll(() => ctx.db.prisma.message.count({ where: { spaceId } })).toBe(lines.length);
  return services;
}

async function runOver(ctx: Ctx, spaceId: string, services: Awaited<ReturnType<typeof startServices>>) {
  const { id: runId } = await createRun(ctx, {
    spaceId,
    windowStart: new Date(Date.now() - 3_600_000),
    windowEnd: new Date(Date.now() + 60_000),
  });
  await startRun(ctx, { spaceId, runId, provider: services.llm.provider });
  await expect
    .poll(async () => (await ctx.db.prisma.run.findUniqueOrThrow({ where: { id: runId } })).status, { timeout: 20_000 })
    .toMatch(/completed|reviewed/);
  return runId;
}

const git = (folder: string, ...args: string[]) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" });

/** How many commits carry a proposal out: what exactly-once is counted by. */
function commitsFor(folder: string, proposalId: string): string[] {
  return git(folder, "log", "--format=%H", `--grep=^Winnow-Proposal: ${proposalId}$`).split("\n").filter(Boolean);
}

describe("from a Telegram message to a commit", () => {
  test("a request becomes a task that twenty approvals at once commit once", async ({ as, ctx, db, make }) => {
    const { id: spaceId } = await make.space();
    const vera = await make.user({ spaceId, name: "Vera Lind" });
    const services = await startTalk(ctx, spaceId, [
      "Good morning!",
      "Ivo, could you please renew the harbour permit by Friday?",
      "We decided to move the stand-up to 9:30.",
    ]);
    const runId = await runOver(ctx, spaceId, services);

    const proposal = await db.prisma.proposal.findFirstOrThrow({
      where: { runId, kind: "task" },
      include: { evidence: { include: { message: true } } },
    });
    expect(proposal.title).toMatch(/permit/i);
    for (const quote of proposal.evidence) {
      expect(quote.message.text.slice(quote.startOffset, quote.endOffset)).toBe(quote.quote);
    }

    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => approve(as(vera.actor), { spaceId, proposalId: proposal.id, version: 1 })),
    );
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    await expect.poll(() => db.prisma.note.count({ where: { spaceId } }), { timeout: 20_000 }).toBe(1);

    const note = await db.prisma.note.findFirstOrThrow({ where: { spaceId } });
    const kb = await services.kbs.open(spaceId);
    expect(commitsFor(kb.folder, proposal.id)).toEqual([note.commitHash]);
    expect(note.path).toMatch(/^tasks\/\d{4}-\d\d-\d\d-.*permit.*\.md$/);
    const file = git(kb.folder, "show", `HEAD:${note.path}`);
    expect(file).toContain("type: Task");
    expect(file).toContain("harbour permit");
    const message = git(kb.folder, "log", "-1", "--format=%B", note.commitHash);
    expect(message).toContain("Reviewed-by: Vera Lind");
    expect(message).toContain("Generated-by: winnow/rules");
    expect(git(kb.folder, "log", "-1", "--format=%an", note.commitHash).trim()).toBe("Vera Lind");

    const types = (await eventsSince(db, { spaceId, after: 0 })).map((event) => event.type);
    expect(types.filter((type) => type === "note.committed")).toHaveLength(1);
    expect(types.indexOf("proposal.approved")).toBeLessThan(types.indexOf("note.committed"));
    expect(services.failures).toEqual([]);
  });

  test("undo takes the note back by a commit of its own, and a new approval writes it again", async ({
    ctx,
    db,
    make,
  }) => {
    const { id: spaceId } = await make.space();
    const services = await startServices(ctx);
    onTestFinished(() => services.stop());
    const proposal = await make.proposal({ spaceId });
    const seen = { spaceId, proposalId: proposal.id };
    const notes = () => db.prisma.note.count({ where: { spaceId } });

    await approve(ctx, { ...seen, version: 1 });
    await expect.poll(notes, { timeout: 20_000 }).toBe(1);
    await undo(ctx, { ...seen, version: 2 });
    await expect.poll(notes, { timeout: 20_000 }).toBe(0);
    await approve(ctx, { ...seen, version: 3 });
    await expect.poll(notes, { timeout: 20_000 }).toBe(1);

    const kb = await services.kbs.open(spaceId);
    expect(commitsFor(kb.folder, proposal.id)).toHaveLength(3);
    // The folder that people open follows the commit.
    await expect.poll(() => git(kb.folder, "status", "--porcelain"), { timeout: 10_000 }).toBe("");
    expect(services.failures).toEqual([]);
  });

  test("approved and undone at once: nothing is left in the knowledge base", async ({ ctx, db, make }) => {
    const { id: spaceId } = await make.space();
    const services = await startServices(ctx);
    onTestFinished(() => services.stop());
    const proposals = [];
    const run = await make.run({ spaceId });
    for (let i = 0; i < 6; i += 1) proposals.push(await make.proposal({ runId: run.id, title: `Repaint buoy ${i}` }));
    await Promise.all(
      proposals.map(async ({ id: proposalId }) => {
        await approve(ctx, { spaceId, proposalId, version: 1 });
        await undo(ctx, { spaceId, proposalId, version: 2 });
      }),
    );
    const waiting = () => db.pool.query("select from graphile_worker.jobs").then((result) => result.rowCount);
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
    expect(await db.prisma.note.count({ where: { spaceId } })).toBe(0);
    const kb = await services.kbs.open(spaceId);
    expect(
      git(kb.folder, "ls-files")
        .split("\n")
        .filter((file) => file.startsWith("tasks/2")),
    ).toEqual([]);
    expect(services.failures).toEqual([]);
  });

  test("a merge into a note adds its text and sources, and undo takes just those back", async ({ ctx, db, make }) => {
    const { id: spaceId } = await make.space();
    const services = await startServices(ctx);
    onTestFinished(() => services.stop());
    const run = await make.run({ spaceId });
    const host = await make.proposal({ runId: run.id, title: "Renew the harbour permit" });
    const guest = await make.proposal({
      runId: run.id,
      title: "Ask the port authority for the form",
      body: "Form 7b is needed.",
    });
    await approve(ctx, { spaceId, proposalId: host.id, version: 1 });
    await expect.poll(() => db.prisma.note.count({ where: { spaceId } }), { timeout: 20_000 }).toBe(1);
    const note = await db.prisma.note.findFirstOrThrow({ where: { spaceId } });
    const kb = await services.kbs.open(spaceId);
    const before = await kb.readFile(note.path);

    await merge(ctx, { spaceId, proposalId: guest.id, version: 1, into: { type: "note", noteId: note.id } });
    await expect
      .poll(async () => (await kb.readFile(note.path)) ?? "", { timeout: 20_000 })
      .toContain("Form 7b is needed.");
    const merged = await kb.readFile(note.path);
    expect(merged).toContain("id: m2");
    await expect(undo(ctx, { spaceId, proposalId: host.id, version: 2 })).rejects.toThrow(
      "has been merged into its note",
    );

    await undo(ctx, { spaceId, proposalId: guest.id, version: 2 });
    await expect.poll(async () => (await kb.readFile(note.path)) ?? "", { timeout: 20_000 }).not.toContain("Form 7b");
    expect(await kb.readFile(note.path)).toBe(before);
    expect(services.failures).toEqual([]);
  });
});

test("a run over a window without messages is reviewed by itself, and can be closed", async ({ ctx, db, make }) => {
  const { id: spaceId } = await make.space();
  const services = await startServices(ctx);
  onTestFinished(() => services.stop());
  const runId = await runOver(ctx, spaceId, services);
  await closeRun(ctx, { spaceId, runId });
  expect(await db.prisma.run.findUnique({ where: { id: runId } })).toMatchObject({
    status: "closed",
    accuracy: { total: 0, precision: null },
  });
});
