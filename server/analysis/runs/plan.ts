import type { Ctx } from "#server/lib/ctx.ts";
import { messagesByIds, messagesInWindow, type WindowMessage } from "#server/messages/index.ts";
import { readSettings } from "#server/settings/index.ts";

import type { SkipReason } from "../schema.ts";
import { noiseIn } from "./noise.ts";
import { type Reader, readsLike } from "./reader.ts";

export type Window = { spaceId: string; windowStart: Date; windowEnd: Date; chatIds: string[]; readsAgain: boolean };
export type PlannedBatch = { chatId: string; messageIds: string[]; contextIds: string[] };
export type Plan = {
  /** What goes to the model, chat by chat, oldest first. */
  messages: WindowMessage[];
  batches: PlannedBatch[];
  /** What is left out before it, and why. */
  skipped: { message: WindowMessage; reason: SkipReason }[];
};

/** More context than this is another batch. */
const MOST_CONTEXT = 10;
/** What a message answers, and what that answered. */
const CONTEXT_DEPTH = 2;

/** What a run over a window reads, in which batches, with what beside them; and what it leaves out. Writes nothing. */
export async function planWindow(
  ctx: Ctx,
  reader: Pick<Reader, "promptKey" | "provider">,
  window: Window,
): Promise<Plan> {
  const { spaceId, windowStart: from, windowEnd: to, chatIds } = window;
  const said = await messagesInWindow(ctx.db, { spaceId, from, to, chatIds });
  const noise = noiseIn(said);
  const known = window.readsAgain ? new Set<string>() : await readBefore(ctx, spaceId, reader, said);
  const reasonOf = ({ id }: WindowMessage) => noise.get(id) ?? (known.has(id) ? "read_before" : undefined);
  const messages = said.filter((message) => reasonOf(message) === undefined);
  const skipped = said.flatMap((message) => {
    const reason = reasonOf(message);
    return reason ? [{ message, reason }] : [];
  });
  const limits = await readSettings(queryOn(ctx), spaceId, ["analysis.batchMinutes", "analysis.batchMessages"]);
  const cut = cutIntoBatches(messages, {
    minutes: limits["analysis.batchMinutes"],
    messages: limits["analysis.batchMessages"],
  });
  return { messages, batches: await withContext(ctx, spaceId, cut, messages), skipped };
}

/**
 * Cuts messages into batches: of one chat, at most so many minutes from its first message to its last,
 * at most so many messages. Messages come ordered by chat and time.
 */
export function cutIntoBatches(
  messages: Pick<WindowMessage, "id" | "chatId" | "sentAt">[],
  limits: { minutes: number; messages: number },
): Omit<PlannedBatch, "contextIds">[] {
  const batches: { chatId: string; messageIds: string[]; until: number }[] = [];
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

/** Which of them were read before, as they stand now, by whoever would read them now or by someone better. */
async function readBefore(
  ctx: Ctx,
  spaceId: string,
  reader: Pick<Reader, "promptKey" | "provider">,
  said: WindowMessage[],
): Promise<Set<string>> {
  const { rows } = await ctx.db.pool.query<{ id: string }>(
    `select distinct r.message_id as id from run_messages r join messages m on m.id = r.message_id and m.revision = r.revision
      where r.space_id = $1 and r.prompt_key = any($2) and r.message_id = any($3) and r.read_at is not null`,
    [spaceId, readsLike(reader), said.map(({ id }) => id)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Gives each batch what its messages answer and what stands outside of it: the nearest first. */
async function withContext(
  ctx: Ctx,
  spaceId: string,
  batches: Omit<PlannedBatch, "contextIds">[],
  messages: WindowMessage[],
): Promise<PlannedBatch[]> {
  const known = new Map<string, Pick<WindowMessage, "replyToId" | "text">>(messages.map((each) => [each.id, each]));
  for (let depth = 0; depth < CONTEXT_DEPTH; depth += 1) {
    const answered = [...known.values()].flatMap(({ replyToId }) => replyToId ?? []).filter((id) => !known.has(id));
    if (answered.length === 0) break;
    for (const found of await messagesByIds(ctx.db, { spaceId, ids: answered })) known.set(found.id, found);
  }
  return batches.map((batch) => {
    const own = new Set(batch.messageIds);
    const context = new Set<string>();
    let level = batch.messageIds;
    for (let depth = 0; depth < CONTEXT_DEPTH; depth += 1) {
      level = [...new Set(level.flatMap((id) => known.get(id)?.replyToId ?? []))];
      for (const id of level) if (!own.has(id) && known.get(id)?.text) context.add(id);
    }
    return { ...batch, contextIds: [...context].slice(0, MOST_CONTEXT) };
  });
}

const queryOn = ({ db }: Ctx) => ({
  query: async <Row extends object>(sql: string, values?: unknown[]) => (await db.pool.query<Row>(sql, values)).rows,
});
