import type { Ctx } from "#server/lib/ctx.ts";
import type { Llm } from "#server/llm/index.ts";

import type { Embedder } from "./meaning.ts";

/** What a space's notes and questions are compared with by meaning; null where there is no model for it. */
export async function embedderOf(
  { llm }: { llm: Llm },
  _ctx: Ctx,
  { spaceId, requestId }: { spaceId: string; requestId?: string },
): Promise<Embedder | null> {
  const { model, providerId } = await llm.providerFor(spaceId, "embeddings");
  if (model === null) return null;
  return { model, embed: (texts, signal) => llm.embed(texts, { spaceId, requestId, providerId, model, signal }) };
}
