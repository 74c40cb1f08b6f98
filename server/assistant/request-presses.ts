import { hasRole } from "#server/auth/schema.ts";
import { revise } from "#server/channels/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import type { AssistantDeps } from "./deps.ts";
import { workRequest } from "./jobs.ts";
import { type RequestRow, requestRow } from "./request-row.ts";
import type { Presser, Presses } from "./tap.ts";
import { contentOf } from "./tell.ts";

/** What buttons do with a request that is under way or ended. */
export const requestPresses: Pick<Presses, "request.process" | "request.cancel" | "request.retry"> = {
  "request.process": async (_deps, ctx, presser, { requestId }) => {
    const request = await ownRequest(ctx, presser, requestId);
    await transaction(ctx.db, async (tx) => {
      if (request.burstId) {
        await tx.query("update bursts set due_at = $2 where id = $1 and closed_at is null", [
          request.burstId,
          ctx.now(),
        ]);
      }
      await enqueue(tx, workRequest, { spaceId: presser.spaceId, requestId });
    });
    return null;
  },

  "request.cancel": async (_deps, ctx, presser, { requestId }) => {
    await ownRequest(ctx, presser, requestId);
    await cancelRequests(ctx, { spaceId: presser.spaceId, requestIds: [requestId] });
    return presser.words("core.tap.cancelling");
  },

  "request.retry": async (_deps, ctx, presser, { requestId }) => {
    await ownRequest(ctx, presser, requestId);
    await transaction(ctx.db, async (tx) => {
      const [again] = await tx.query(
        `update requests set status = 'waiting', failure = null, result = null, finished_at = null, cancel_asked_at = null,
                -- Behind what waits already.
                not_before = (select max(other.not_before) + interval '6 seconds' from requests other
                               where other.contributor_id = requests.contributor_id and other.status = 'waiting' and other.not_before > $2)
          where id = $1 and status = 'failed' returning id`,
        [requestId, ctx.now()],
      );
      if (again) await enqueue(tx, workRequest, { spaceId: presser.spaceId, requestId });
    });
    return null;
  },
};

/**
 * Asks for requests to be stopped: one that is worked on notices by itself, the others are ended by their job, now. What is done stays
 * done. @returns how many there were to stop
 */
export async function cancelRequests(
  ctx: Ctx,
  { spaceId, requestIds }: { spaceId: string; requestIds: string[] },
): Promise<number> {
  return transaction(ctx.db, async (tx) => {
    const stopped = await tx.query<{ id: string; status: string }>(
      `update requests set cancel_asked_at = coalesce(cancel_asked_at, $3)
        where id = any($1) and space_id = $2 and status in ('gathering', 'waiting', 'working') returning id, status`,
      [requestIds, spaceId, ctx.now()],
    );
    for (const { id, status } of stopped) {
      if (status !== "working") await enqueue(tx, workRequest, { spaceId, requestId: id });
    }
    return stopped.length;
  });
}

/** Shows a request as its row is now, in its own post. */
export async function showRequest(
  deps: AssistantDeps,
  ctx: Ctx,
  { postId, signal }: Pick<Presser, "postId" | "signal">,
  request: RequestRow,
): Promise<void> {
  await revise(deps.channels, ctx, { postId, content: contentOf(deps, request) }, { signal });
}

/**
 * A request that whoever pressed may decide about: their own, or any where they are a reviewer.
 * @throws AppError `forbidden`, `not_found`
 */
export async function ownRequest(ctx: Ctx, presser: Presser, requestId: string): Promise<RequestRow> {
  const request = await requestRow(ctx.db, { spaceId: presser.spaceId, requestId });
  if (!request) throw new AppError("not_found", presser.words("core.tap.gone"));
  const isTheirs = request.contributorId === presser.contributorId;
  if (!isTheirs && !(presser.role && hasRole(presser.role, "reviewer"))) {
    throw new AppError("forbidden", presser.words("core.tap.notYours"));
  }
  return request;
}
