import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { type Attempt, tokensOf } from "../attempt.ts";
import { downInWords, failureOf, refusalInWords } from "../failure.ts";
import type { Target } from "../provider.ts";
import { announce, noSuchProvider } from "./commands.ts";
import type { Endpoints, ProviderRow } from "./endpoints.ts";
import { listModels } from "./listing.ts";

/** What a test of a provider says. `models`: what it lists, none where it does not tell. */
export type Tested = { ok: boolean; problem: string | null; models: string[] };

/** Someone waits for it. */
const LIMIT_MS = 15_000;
/** It answers, but has no list. */
const NO_LIST: readonly (number | null)[] = [404, 405, 501];

/**
 * Asks a provider for its models, and the first of them that the space has chosen for one word; keeps what came of it.
 * @throws AppError not_found
 */
export async function testProvider(
  { endpoints, attemptAt }: { endpoints: Endpoints; attemptAt: Attempt },
  ctx: Ctx,
  input: { spaceId: string; providerId: string },
): Promise<Tested> {
  const { row, chosen } = await providerOf(ctx, input);
  const target = endpoints.ofProvider(row, chosen ?? "any");
  const listed = target.problem ? { models: [], problem: target.problem } : await list(target, row, ctx);
  const hasAnswered = listed.problem === null && listed.models !== null;
  const problem =
    listed.problem ??
    (chosen
      ? await say(attemptAt, target, input.spaceId)
      : hasAnswered
        ? null
        : `${row.name} answers, but lists no models. Choose one of its models by name, then test again.`);
  await transaction(ctx.db, async (tx) => {
    await tx.query("update llm_providers set problem = $3, tested_at = $4 where id = $1 and space_id = $2", [
      ...[input.providerId, input.spaceId, problem, ctx.now()],
    ]);
    announce(tx, ctx, input.spaceId);
  });
  return { ok: problem === null, problem, models: listed.models ?? [] };
}

/**
 * The models that a provider lists.
 * @throws AppError not_found; unavailable or invalid_input in words where it does not tell
 */
export async function availableModels(
  endpoints: Endpoints,
  ctx: Ctx,
  input: { spaceId: string; providerId: string },
): Promise<string[]> {
  const { row } = await providerOf(ctx, input);
  const target = endpoints.ofProvider(row, "any");
  if (target.problem) throw new AppError("invalid_input", target.problem);
  const { models, problem } = await list(target, row, ctx);
  if (problem) throw new AppError("unavailable", problem);
  return models ?? [];
}

/** `models` is null where it answers and has no list. */
async function list(
  target: Target,
  row: ProviderRow,
  ctx: Ctx,
): Promise<{ models: string[] | null; problem: string | null }> {
  const named = { label: row.name, providerId: row.id };
  try {
    return { models: await listModels(target.client, row.kind, AbortSignal.timeout(LIMIT_MS)), problem: null };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return { models: null, problem: null };
    const failure = failureOf(error, ctx.now().getTime());
    if (NO_LIST.includes(failure.status)) return { models: null, problem: null };
    const problem =
      failure.outcome === "refused" ? refusalInWords(failure, named) : downInWords(failure.outcome, named);
    return { models: [], problem };
  }
}

/** Asks the model for a word. @returns what is wrong, in words; null where nothing is */
async function say(attemptAt: Attempt, target: Target, spaceId: string): Promise<string | null> {
  const options = { spaceId, signal: AbortSignal.timeout(LIMIT_MS * 2) };
  const ended = await attemptAt(
    { useCase: "llm.test", version: 1, promptKey: "1", options },
    async ({ client, model, signal, deadline }) => {
      deadline.putOff(LIMIT_MS);
      const messages = [{ role: "user" as const, content: "Answer with the word yes." }];
      const answer = await client.chat.completions.create({ model, messages }, { signal });
      const tokens = tokensOf(answer.usage?.prompt_tokens, answer.usage?.completion_tokens);
      return answer.choices?.[0]?.message
        ? { type: "answer", answer: true, tokens }
        : { type: "unreadable", said: "", why: "it was empty.", tokens };
    },
    { target, attempt: 1, repair: null, signal: options.signal },
  );
  switch (ended.type) {
    case "failed":
      return downInWords(ended.failure.outcome, target);
    case "refused":
      return refusalInWords(ended.failure, target);
    case "unreadable":
      return `${target.label} answers in a form that cannot be read. Check that its address is that of an OpenAI-compatible endpoint.`;
    default:
      return null;
  }
}

async function providerOf(ctx: Ctx, { spaceId, providerId }: { spaceId: string; providerId: string }) {
  const row = await ctx.db.prisma.llmProvider.findFirst({ where: { id: providerId, spaceId } });
  if (!row) throw noSuchProvider();
  const choice = await ctx.db.prisma.modelChoice.findFirst({
    where: { spaceId, providerId, use: { not: "embeddings" } },
    orderBy: [{ position: "asc" }, { use: "asc" }],
  });
  return { row, chosen: choice?.model ?? null };
}
