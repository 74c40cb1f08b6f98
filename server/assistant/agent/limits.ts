import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Usage } from "#server/llm/index.ts";
import { readSettings } from "#server/settings/index.ts";

import type { wordsFor } from "../speech.ts";
import { countsInWords } from "./counts.ts";

type Words = ReturnType<typeof wordsFor>;

/** About so many characters are a token, where nobody counts. */
const CHARACTERS_PER_TOKEN = 4;

/** How far a task may go: answers of the model, seconds, tokens, US cents. */
type Limits = { steps: number; seconds: number; tokens: number; cents: number };

/** What a task has used so far. `costUsd` is null where the price of the model is not known. */
export type Spent = { steps: number; tokens: number; costUsd: number | null };

/** Watches over what a task uses. */
export type Meter = {
  spent: () => Spent;
  /** Aborted when the time is over. */
  signal: AbortSignal;
  /** Ends the watch over the time. */
  stop: () => void;
  /** Before the model is asked: whether there is something left for a question of so many characters. @throws AppError `invalid_input` */
  check: (characters: number, done: Record<string, number>) => void;
  /** What an answer took. */
  add: (usage: Usage, characters: number) => void;
};

/** A meter with the limits that the space has set. */
export async function openMeter(ctx: Pick<Ctx, "db">, spaceId: string, words: Words): Promise<Meter> {
  const limits = await limitsOf(ctx, spaceId);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limits.seconds * 1000);
  let spent: Spent = { steps: 0, tokens: 0, costUsd: null };
  return {
    spent: () => spent,
    signal: late.signal,
    stop: () => clearTimeout(timer),
    check: (characters, done) => {
      const reached = reachedOf(limits, spent, characters, late.signal.aborted);
      if (!reached) return;
      const what = words(`agent.limit.${reached}`, { most: limits[reached] });
      const soFar =
        spent.steps === 0
          ? words("agent.limit.nothing")
          : words("agent.limit.soFar", { steps: spent.steps, tools: countsInWords(done) || "–" });
      throw new AppError("invalid_input", `${what} ${soFar} ${words("agent.limit.wayOut")}`);
    },
    add: ({ inputTokens, outputTokens, costUsd }, characters) => {
      const isCounted = inputTokens !== null || outputTokens !== null;
      const tokens = isCounted ? (inputTokens ?? 0) + (outputTokens ?? 0) : tokensIn(characters);
      const cost = costUsd === null ? spent.costUsd : (spent.costUsd ?? 0) + costUsd;
      spent = { steps: spent.steps + 1, tokens: spent.tokens + tokens, costUsd: cost };
    },
  };
}

function reachedOf(limits: Limits, spent: Spent, characters: number, isLate: boolean): keyof Limits | null {
  if (isLate) return "seconds";
  if (spent.steps >= limits.steps) return "steps";
  if (spent.tokens + tokensIn(characters) > limits.tokens) return "tokens";
  if ((spent.costUsd ?? 0) * 100 >= limits.cents) return "cents";
  return null;
}

const tokensIn = (characters: number) => Math.ceil(characters / CHARACTERS_PER_TOKEN);

async function limitsOf(ctx: Pick<Ctx, "db">, spaceId: string): Promise<Limits> {
  const read = await transaction(ctx.db, (tx) =>
    readSettings(tx, spaceId, [
      "assistant.agentSteps",
      "assistant.agentTimeS",
      "assistant.agentTokens",
      "assistant.agentCostCents",
    ]),
  );
  return {
    steps: read["assistant.agentSteps"],
    seconds: read["assistant.agentTimeS"],
    tokens: read["assistant.agentTokens"],
    cents: read["assistant.agentCostCents"],
  };
}
