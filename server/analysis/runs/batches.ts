import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { note } from "#server/lib/log.ts";
import type { Llm } from "#server/llm/index.ts";
import { readSetting } from "#server/settings/index.ts";

import { workLane } from "../jobs.ts";
import { completeWhenDone } from "./finish.ts";
import { type Plan, planWindow } from "./plan.ts";
import { keyOf, readerOf } from "./reader.ts";
import type { RunInput } from "./runs.ts";

/**
 * Writes the batches of a started run, and what it does with each message, and opens its lanes. A second call finds them written
 * and changes nothing.
 */
export async function prepareBatches(deps: { llm: Llm }, ctx: Ctx, { spaceId, runId }: RunInput): Promise<void> {
  const run = await ctx.db.prisma.run.findFirst({ where: { id: runId, spaceId, status: "running" } });
  if (!run) return;
  const reader = await readerOf(deps, ctx, { spaceId, providerId: run.providerId, model: run.wantedModel });
  const plan = await planWindow(ctx, reader, run);
  const atOnce = await readSetting(ctx.db, spaceId, "analysis.parallelBatches");

  await transaction(ctx.db, async (tx) => {
    const [mine] = await tx.query(
      `update runs set messages_total = $2, messages_skipped = $3, batches_total = $4, prompt_key = $5
        where id = $1 and status = 'running' and batches_total = 0 returning id`,
      [runId, plan.messages.length, plan.skipped.length, plan.batches.length, reader.promptKey],
    );
    if (!mine) return;
    const generatedBy = reader.provider.isModel ? "model" : "rules";
    await keepMessages(tx, { spaceId, runId, promptKey: keyOf({ generatedBy, promptKey: reader.promptKey }) }, plan);
    await keepBatches(tx, { spaceId, runId }, plan);
    await openLanes(tx, { spaceId, runId }, { batches: plan.batches.length, atOnce });
    emit(tx, { spaceId, type: "run.progress", subjectId: runId, actor: ctx.actor, at: ctx.now() });
    await completeWhenDone(tx, ctx, { spaceId, runId });
  });
  note({ messages: plan.messages.length, skipped: plan.skipped.length, batches: plan.batches.length });
}

/** As many lanes as batches may be with the model at once, and no more than there are batches. */
export async function openLanes(
  tx: Tx,
  { spaceId, runId }: RunInput,
  { batches, atOnce }: { batches: number; atOnce: number },
): Promise<void> {
  for (let lane = 0; lane < Math.min(batches, atOnce); lane += 1) {
    await enqueue(tx, workLane, { spaceId, runId, lane, atOnce });
  }
}

async function keepBatches(tx: Tx, { spaceId, runId }: RunInput, { batches }: Plan): Promise<void> {
  const rows = batches.map(({ chatId, messageIds, contextIds }, position) => ({
    ...{ id: newId(), position, chat_id: chatId, message_ids: messageIds, context_ids: contextIds },
  }));
  await tx.query(
    `insert into batches (id, space_id, run_id, chat_id, position, message_ids, context_ids)
     select b.id, $1, $2, b.chat_id, b.position, b.message_ids, b.context_ids
       from jsonb_to_recordset($3::jsonb) as b (id uuid, chat_id uuid, position int, message_ids uuid[], context_ids uuid[])
     on conflict do nothing`,
    [spaceId, runId, JSON.stringify(rows)],
  );
}

async function keepMessages(
  tx: Tx,
  { spaceId, runId, promptKey }: RunInput & { promptKey: string },
  { messages, skipped }: Plan,
): Promise<void> {
  const rows = [...messages.map((message) => ({ message, reason: null })), ...skipped];
  // A message that somebody had deleted meanwhile has no row to refer to.
  await tx.query(
    `insert into run_messages (run_id, message_id, space_id, revision, prompt_key, skipped)
     select $1, m.id, $2, r.revision, $3, r.skipped
       from unnest($4::uuid[], $5::int[], $6::text[]) as r (id, revision, skipped) join messages m on m.id = r.id
     on conflict do nothing`,
    [
      runId,
      spaceId,
      promptKey,
      rows.map(({ message }) => message.id),
      rows.map(({ message }) => message.revision),
      rows.map(({ reason }) => reason),
    ],
  );
}
