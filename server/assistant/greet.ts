import { say } from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import type { AssistantDeps } from "./deps.ts";
import { postOf, requestRow } from "./request-row.ts";
import { contentOf } from "./tell.ts";

/** Says that a request was received, and how far it is; where that was said already it changes nothing. */
export async function greet(
  deps: AssistantDeps,
  ctx: Ctx,
  { spaceId, requestId }: { spaceId: string; requestId: string },
  signal: AbortSignal,
): Promise<void> {
  const request = await requestRow(ctx.db, { spaceId, requestId });
  // Whoever works on it says more than we know here.
  if (!request || request.status === "working") return;
  await say(deps.channels, ctx, { ...postOf(request, contentOf(deps, request)), isFirstWord: true }, { signal });
}
