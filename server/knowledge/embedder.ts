import type { Ctx } from "#server/lib/ctx.ts";
import type { Llm } from "#server/llm/index.ts";
import { readSetting } from "#server/settings/index.ts";

import type { Embedder } from "./meaning.ts";

/** What a space's notes and questions are compared with by meaning; null where there is no model for it. */
export async function embedderOf(
  { llm }: { llm: Llm },
  ctx: Ctx,
  { spaceId, requestId }: { spaceId: string; requestId?: string },
): Promise<Embedder | null> {
  if (!llm.provider.isModel) return null;
  const model = await readSetting(ctx.db, spaceId, "assistant.embeddingModel");
  if (model === "") return null;
  return { model, embed: (texts, signal) => llm.embed(texts, { spaceId, requestId, model, signal }) };
}
