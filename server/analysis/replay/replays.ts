import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import type { Llm } from "#server/llm/index.ts";
import { readSetting } from "#server/settings/index.ts";

import { extractProposals } from "../extraction/prompt.ts";
import { replayLane } from "./jobs.ts";
import type { StartReplay } from "./schema.ts";

type ReplayRef = { spaceId: string; replayId: string };

/**
 * Reads the batches of a past run again, by another model or with other words, and proposes nothing.
 * @throws AppError `conflict` for a run that is still reading; `invalid_input` for one that has nothing to read again
 */
export async function startReplay(
  { llm }: { llm: Pick<Llm, "promptKey"> },
  ctx: Ctx,
  input: StartReplay & { spaceId: string },
): Promise<{ id: string }> {
  const { spaceId, runId, model, system } = input;
  const run = await ctx.db.prisma.run.findFirst({
    where: { id: runId, spaceId },
    include: { batches: { where: { status: "done" }, orderBy: { position: "asc" }, select: { id: true } } },
  });
  if (!run) throw new AppError("not_found", "There is no such run in this space.");
  if (run.status === "pending" || run.status === "running") {
    throw new AppError("conflict", "This run has not read everything yet. Wait until it has, then read it again.");
  }
  if (run.batches.length === 0) {
    throw new AppError("invalid_input", "This run read no batch to its end, so there is nothing to compare with.");
  }
  if (input.providerId) {
    const provider = await ctx.db.prisma.llmProvider.findFirst({
      where: { id: input.providerId, spaceId, isOn: true },
    });
    if (!provider) throw new AppError("not_found", "This provider is gone or switched off. Choose another one.");
  }
  // Kept now: words that are changed while it reads do not change what it reads with. Those of its own get their key from the reading.
  const promptKey = system === undefined ? await llm.promptKey(spaceId, extractProposals) : "try";
  const lanes = Math.min(run.batches.length, await readSetting(ctx.db, spaceId, "analysis.parallelBatches"));
  const id = newId();
  await transaction(ctx.db, async (tx) => {
    await tx.query(
      `insert into replays (id, space_id, run_id, provider_id, model, prompt_key, system, created_by, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        ...[id, spaceId, runId, input.providerId ?? null, model ?? null],
        ...[promptKey, system ?? null, ctx.actor, ctx.now()],
      ],
    );
    await tx.query("insert into replay_batches (replay_id, batch_id) select $1, unnest($2::uuid[])", [
      id,
      run.batches.map((batch) => batch.id),
    ]);
    for (let lane = 0; lane < lanes; lane += 1) await enqueue(tx, replayLane, { spaceId, replayId: id, lane, lanes });
    announce(tx, ctx, { spaceId, replayId: id }, "replay.progress");
  });
  return { id };
}

/** Ends a replay under way; what was read so far stays, and can be compared. */
export async function cancelReplay(ctx: Ctx, input: ReplayRef): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    if (await endReplay(tx, ctx, input, { to: "cancelled" })) return;
    const [known] = await tx.query<{ status: string }>("select status from replays where id = $1 and space_id = $2", [
      input.replayId,
      input.spaceId,
    ]);
    if (!known) throw new AppError("not_found", "There is no such replay in this space.");
    throw new AppError("conflict", "This replay has ended already, so there is nothing to cancel.");
  });
}

/** Ends a replay that cannot go on, with the reason in words. Does nothing where it has ended already. */
export async function failReplay(ctx: Ctx, input: ReplayRef & { failure: string }): Promise<void> {
  await transaction(ctx.db, (tx) => endReplay(tx, ctx, input, { to: "failed", failure: input.failure }));
}

/** Ends a replay whose batches are all read; where not one could be, it failed. */
export async function finishWhenRead(tx: Tx, ctx: Ctx, ref: ReplayRef): Promise<void> {
  await tx.query("select from replays where id = $1 for update", [ref.replayId]);
  const [left] = await tx.query<{ open: number; read: number; failure: string | null }>(
    `select count(*) filter (where finished_at is null)::int as open, count(*) filter (where found is not null)::int as read,
            min(failure) as failure from replay_batches where replay_id = $1`,
    [ref.replayId],
  );
  if (!left || left.open > 0) return;
  if (left.read > 0) await endReplay(tx, ctx, ref, { to: "done" });
  else await endReplay(tx, ctx, ref, { to: "failed", failure: `No batch could be read. ${left.failure ?? ""}`.trim() });
}

export function announce(tx: Tx, ctx: Ctx, ref: ReplayRef, type: "replay.progress" | "replay.completed"): void {
  emit(tx, { spaceId: ref.spaceId, type, subjectId: ref.replayId, actor: ctx.actor, at: ctx.now() });
}

/** The one way to the end of a replay. @returns whether it was still running */
async function endReplay(
  tx: Tx,
  ctx: Ctx,
  { spaceId, replayId }: ReplayRef,
  { to, failure = null }: { to: "done" | "failed" | "cancelled"; failure?: string | null },
): Promise<boolean> {
  const [ended] = await tx.query(
    `update replays set status = $3::"ReplayStatus", failure = $4, finished_at = $5
      where id = $1 and space_id = $2 and status = 'running' returning id`,
    [replayId, spaceId, to, failure, ctx.now()],
  );
  if (ended) announce(tx, ctx, { spaceId, replayId }, "replay.completed");
  return ended !== undefined;
}
