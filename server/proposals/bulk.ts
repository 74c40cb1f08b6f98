import type { z } from "zod";

import type { Ctx } from "#server/lib/ctx.ts";
import { note } from "#server/lib/log.ts";

import { approve, type Decided, reject } from "./decide.ts";
import type { BulkInput } from "./schema.ts";
import { undo } from "./undo.ts";

export type BulkResult = { proposalId: string; decided: Decided | null; refusal: string | null };

/** Decides many proposals, each by itself: one that is refused says why and stops none of the others. */
export async function bulk(ctx: Ctx, input: z.output<typeof BulkInput> & { spaceId: string }): Promise<BulkResult[]> {
  const command = { approve, reject, undo }[input.action];
  const results: BulkResult[] = [];
  for (const item of input.items) {
    const { proposalId } = item;
    try {
      const decided = await command(ctx, { ...item, spaceId: input.spaceId, code: input.code, reason: input.reason });
      results.push({ proposalId, decided, refusal: null });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "AppError") throw error;
      results.push({ proposalId, decided: null, refusal: error.message });
    }
  }
  note({ items: results.length, refused: results.filter((result) => result.refusal).length });
  return results;
}
