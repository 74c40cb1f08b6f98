import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { note } from "#server/lib/log.ts";
import { messagesInWindow, type WindowMessage } from "#server/messages/index.ts";
import { readSetting } from "#server/settings/index.ts";

import { workLane } from "../jobs.ts";
import { completeWhenDone } from "./work.ts";

type PlannedBatch = { chatId: string; messageIds: string[] };

/**
 * Cuts messages into batches: of one chat, at most so many minutes from its first message to its last,
 * at most so many messages. Messages come ordered by chat and time.
 */
export function planBatches(
  messages: Pick<WindowMessage, "id" | "chatId" | "sentAt">[],
  limits: { minutes: number; messages: number },
): PlannedBatch[] {
  const batches: (PlannedBatch & { until: number })[] = [];
  for (const message of messages) {
    const last = batches.at(-1);
    const fits =
      last !== undefined &&
      last.chatId === message.chatId &&
      message.sentAt.getTime() <= last.until &&
      last.messageIds.length < limits.messages;
    if (fits) last.messageIds.push(message.id);
    else {
      const until = message.sentAt.getTime() + limits.minutes * 60_000;
      batches.push({ chatId: message.chatId, messageIds: [message.id], until });
    }
  }
  return batches.map(({ chatId, messageIds }) => ({ chatId, messageIds }));
}

/** What a run over a window would read: how many messages with words in them, in how many batches. */
export async function previewRun(
  ctx: Ctx,
  input: { spaceId: string; windowStart: Date; windowEnd: Date },
): Promise<{ messages: number; batches: number }> {
  const { batches, messages } = await planWindow(ctx, input);
  return { messages: messages.length, batches: batches.length };
}

/** Writes the batches of a started run and opens its lanes. A second call finds them written and changes nothing. */
export async function prepareBatches(ctx: Ctx, { spaceId, runId }: { spaceId: string; runId: string }): Promise<void> {
  const run = await ctx.db.prisma.run.findFirst({ where: { id: runId, spaceId, status: "running" } });
  if (!run) return;
  const { batches, messages } = await planWindow(ctx, {
    spaceId,
    windowStart: run.windowStart,
    windowEnd: run.windowEnd,
  });
  const lanes = Math.min(batches.length, await readSetting(ctx.db, spaceId, "analysis.parallelBatches"));

  await transaction(ctx.db, async (tx) => {
    const [mine] = await tx.query(
      `update runs set messages_total = $2, batches_total = $3
        where id = $1 and status = 'running' and batches_total = 0 returning id`,
      [runId, messages.length, batches.length],
    );
    if (!mine) return;
    const rows = batches.map((batch, position) => ({
      id: newId(),
      position,
      chat_id: batch.chatId,
      message_ids: batch.messageIds,
    }));
    await tx.query(
      `insert into batches (id, space_id, run_id, chat_id, position, message_ids)
       select b.id, $1, $2, b.chat_id, b.position, b.message_ids
         from jsonb_to_recordset($3::jsonb) as b (id uuid, chat_id uuid, position int, message_ids uuid[])
       on conflict do nothing`,
      [spaceId, runId, JSON.stringify(rows)],
    );
    for (let lane = 0; lane < lanes; lane += 1) await enqueue(tx, workLane, { spaceId, runId, lane });
    emit(tx, { spaceId, type: "run.progress", subjectId: runId, actor: ctx.actor, at: ctx.now() });
    await completeWhenDone(tx, ctx, { spaceId, runId });
  });
  note({ messages: messages.length, batches: batches.length });
}

async function planWindow(ctx: Ctx, input: { spaceId: string; windowStart: Date; windowEnd: Date }) {
  const messages = await messagesInWindow(ctx.db, {
    spaceId: input.spaceId,
    from: input.windowStart,
    to: input.windowEnd,
  });
  const [minutes, most] = await Promise.all([
    readSetting(ctx.db, input.spaceId, "analysis.batchMinutes"),
    readSetting(ctx.db, input.spaceId, "analysis.batchMessages"),
  ]);
  return { messages, batches: planBatches(messages, { minutes, messages: most }) };
}
