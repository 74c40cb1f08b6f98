import type { Ctx } from "#server/lib/ctx.ts";
import { costUsd, type Llm } from "#server/llm/index.ts";

import { extractProposals } from "../extraction/prompt.ts";
import type { RunWishes, SkipReason } from "../schema.ts";
import { type Plan, planWindow } from "./plan.ts";
import { readerOf } from "./reader.ts";

/** What a run would do and take, before it starts. */
export type Preview = {
  messages: number;
  batches: number;
  /** Left out before the model, by reason; `read_before` is what another run has read already. */
  skipped: Partial<Record<SkipReason, number>>;
  /** Who would read them, in words, and whether that is a model. */
  reader: { label: string; isModel: boolean };
  /** Null where no model reads. */
  estimate: Estimate | null;
};

export type Estimate = {
  /** `runs`: what past calls of this space took for a message. `characters`: four of them are a token, more or less. */
  basis: "runs" | "characters";
  inputTokens: number;
  /** What it answers; null where nothing says how much that may be. */
  outputTokens: number | null;
  /** In US dollars; null where the model's price is not known. Without `outputTokens` for what is read alone. */
  costUsd: number | null;
};

/** What past calls took, in all. */
type Past = { messages: number; inputTokens: number; outputTokens: number };

const CHARACTERS_PER_TOKEN = 4;
/** The label, author and time of each message, and what stands around the messages of a batch. */
const MESSAGE_FRAME_CHARACTERS = 100;
const BATCH_FRAME_CHARACTERS = extractProposals.system.length + 400;
/** Fewer messages than these are an anecdote. */
const LEAST_MESSAGES = 20;
const CALLS_LOOKED_AT = 200;

/** What a run over a window would read, leave out and cost. Writes nothing, asks no model. */
export async function previewRun(
  deps: { llm: Llm },
  ctx: Ctx,
  input: { spaceId: string; windowStart: Date; windowEnd: Date } & RunWishes,
): Promise<Preview> {
  const reader = await readerOf(deps, ctx, input);
  const plan = await planWindow(ctx, reader, input);
  const { label, isModel, model } = reader.provider;
  return {
    messages: plan.messages.length,
    batches: plan.batches.length,
    skipped: countsOf(plan),
    reader: { label, isModel },
    estimate: isModel && model ? estimateOf(plan, model, await pastOf(ctx, input.spaceId, model)) : null,
  };
}

/** From past calls where there are enough, else from the length of what would be sent. */
export function estimateOf(
  { messages, batches }: { messages: { text: string }[]; batches: unknown[] },
  model: string,
  past: Past | null,
): Estimate {
  if (past && past.messages >= LEAST_MESSAGES) {
    const inputTokens = Math.round((past.inputTokens / past.messages) * messages.length);
    const outputTokens = Math.round((past.outputTokens / past.messages) * messages.length);
    return { basis: "runs", inputTokens, outputTokens, costUsd: costUsd(model, inputTokens, outputTokens) };
  }
  const characters =
    messages.reduce((sum, { text }) => sum + text.length + MESSAGE_FRAME_CHARACTERS, 0) +
    batches.length * BATCH_FRAME_CHARACTERS;
  const inputTokens = Math.ceil(characters / CHARACTERS_PER_TOKEN);
  return { basis: "characters", inputTokens, outputTokens: null, costUsd: costUsd(model, inputTokens, 0) };
}

function countsOf({ skipped }: Pick<Plan, "skipped">): Preview["skipped"] {
  const groups = Object.groupBy(skipped, ({ reason }) => reason);
  return Object.fromEntries(Object.entries(groups).map(([reason, group]) => [reason, group.length]));
}

/** What the last calls of this model for a batch took; null where there were none that said so. */
async function pastOf(ctx: Ctx, spaceId: string, model: string): Promise<Past | null> {
  const { rows } = await ctx.db.pool.query<{ [Key in keyof Past]: number | null }>(
    `select sum(messages)::float8 as messages, sum(input_tokens)::float8 as "inputTokens", sum(output_tokens)::float8 as "outputTokens"
       from (select cardinality(b.message_ids) as messages, c.input_tokens, c.output_tokens
               from llm_calls c join batches b on b.id = c.batch_id
              where c.space_id = $1 and c.model = $2 and c.outcome = 'ok' and c.input_tokens is not null and c.output_tokens is not null
              order by c.started_at desc limit ${CALLS_LOOKED_AT}) as last`,
    [spaceId, model],
  );
  // A sum of nothing is null.
  const { messages, inputTokens, outputTokens } = rows[0] ?? { messages: null, inputTokens: null, outputTokens: null };
  if (messages === null || inputTokens === null || outputTokens === null) return null;
  return { messages, inputTokens, outputTokens };
}
