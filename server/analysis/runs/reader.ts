import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Llm, Provider } from "#server/llm/index.ts";
import { ProviderKind } from "#server/llm/schema.ts";

import { extractProposals } from "../extraction/prompt.ts";
import { type RunInput, startRun } from "./runs.ts";

/** Who reads the messages of a run, and with which prompt. */
export type Reader = {
  provider: Provider;
  /** The prompt with the space's own words in it, as runs.prompt_key. */
  promptKey: string;
};

type Wanted = { spaceId: string; providerId?: string | null; model?: string | null };
type Deps = { llm: Llm };

/** Who would read for a run now: the model that was asked for, or else whoever the space has chosen. */
export async function readerOf({ llm }: Deps, ctx: Ctx, wanted: Wanted): Promise<Reader> {
  const [provider, promptKey] = await Promise.all([
    wanted.model ? namedProvider(ctx, wanted, wanted.model) : llm.providerFor(wanted.spaceId, "extraction"),
    llm.promptKey(wanted.spaceId, extractProposals),
  ]);
  return { provider, promptKey };
}

async function namedProvider(ctx: Ctx, { spaceId, providerId }: Wanted, model: string): Promise<Provider> {
  if (!providerId) return { name: "openai", model, label: model, isModel: true, providerId: null };
  const row = await ctx.db.prisma.llmProvider.findFirst({ where: { id: providerId, spaceId } });
  if (!row) throw new AppError("not_found", "The provider that was to read is gone. Choose another model.");
  const name = ProviderKind.safeParse(row.kind).data ?? "compatible";
  return { name, model, label: `${model} at ${row.name}`, isModel: true, providerId };
}

/** Starts a pending run with whoever is to read for it. */
export async function startWithReader(deps: Deps, ctx: Ctx, { spaceId, runId }: RunInput): Promise<void> {
  const run = await ctx.db.prisma.run.findFirst({ where: { id: runId, spaceId } });
  if (!run) throw new AppError("not_found", "There is no such run in this space.");
  const { provider } = await readerOf(deps, ctx, { spaceId, providerId: run.providerId, model: run.wantedModel });
  await startRun(ctx, { spaceId, runId, provider });
}

/**
 * The key under which it is kept who read a message. What the rules read, for want of a model or in its place, a model has not:
 * once there is one, it may.
 */
export function keyOf({ generatedBy, promptKey }: { generatedBy: string; promptKey: string }): string {
  return generatedBy === "rules" ? `rules ${promptKey}` : promptKey;
}

/** The keys of readings that need not be done again by this reader: of its own, and for the rules also those of a model. */
export function readsLike(reader: Reader): string[] {
  return reader.provider.isModel ? [reader.promptKey] : keysOf(reader);
}

/** The keys of all readings with its prompt, by whomever. */
export function keysOf({ promptKey }: Pick<Reader, "promptKey">): string[] {
  return [promptKey, keyOf({ generatedBy: "rules", promptKey })];
}
