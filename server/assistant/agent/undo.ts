import { revertCommit } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import type { AssistantDeps } from "../deps.ts";
import { untilWritten } from "../operation-outcome.ts";
import { type RequestRow, requestRow } from "../request-row.ts";
import { showRequest } from "../request-presses.ts";
import { RequestResult } from "../schema.ts";
import type { Presser } from "../tap.ts";

/**
 * Takes back what a task wrote, by a commit of its own. What was changed since stays, or becomes a conflict for a person. Asked for
 * twice at the same moment, the second time nothing is left to take back. What the task was to remember stays remembered.
 * @param request one that the presser may decide about (`ownRequest`)
 * @throws AppError `conflict` where it wrote nothing, or was taken back before
 */
export async function undoTask(
  deps: AssistantDeps,
  ctx: Ctx,
  request: RequestRow,
  presser: Pick<Presser, "postId" | "signal" | "words">,
): Promise<void> {
  const { id, spaceId } = request;
  const result = RequestResult.safeParse(request.result).data;
  if (result?.type !== "task" || !result.commitHash) throw new AppError("conflict", presser.words("core.tap.gone"));
  if (result.since) throw new AppError("conflict", presser.words("core.tap.late"));
  const operation = await ctx.db.prisma.kbOperation.findUnique({ where: { id }, select: { subject: true } });
  const subject = operation?.subject ?? request.prompt;
  const { operationId } = await revertCommit(ctx, { spaceId, commitHash: result.commitHash, subject });
  await untilWritten(ctx, operationId, presser.words, presser.signal);
  await ctx.db.pool.query(`update requests set result = jsonb_set(result, '{since}', '"undone"') where id = $1`, [id]);
  const now = await requestRow(ctx.db, { spaceId, requestId: id });
  if (now) await showRequest(deps, ctx, presser, now);
}
