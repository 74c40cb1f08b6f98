import { diffLines } from "diff";
import { z } from "zod";

import type { Kb, OperationInput } from "#server/kb/index.ts";
import { actorRef, type Actor } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { hasWishToCancel } from "../claim.ts";
import { commitAuthor } from "../person.ts";
import { RequestResult } from "../schema.ts";
import type { Work } from "../work.ts";
import { keepMemories } from "./memory.ts";
import { asFileChange } from "./overlay.ts";

export type TaskResult = Extract<RequestResult, { type: "task" }>;

/** A pair of texts that takes longer to compare counts as wholly replaced. */
const DIFF_MS = 500;
const LONGEST_SUBJECT = 72;

/**
 * What a task has come to before anything of it is written. Kept in the place of the request's result from then on: whoever takes
 * the request over after a crash writes this, and does not think again.
 */
const Draft = z.object({
  type: z.literal("draft"),
  result: z.custom<TaskResult>((value) => RequestResult.safeParse(value).data?.type === "task"),
  base: z.string().nullable(),
  changes: z.array(z.object({ path: z.string(), after: z.string().nullable() })),
  memories: z.array(z.object({ id: z.uuid(), text: z.string() })),
});
export type Draft = z.infer<typeof Draft>;

/** The draft that an earlier try of a request has left, or null. */
export function draftOf(result: unknown): Draft | null {
  return Draft.safeParse(result).data ?? null;
}

export async function keepDraft({ ctx, request }: Work, draft: Draft): Promise<void> {
  await ctx.db.pool.query("update requests set result = $2 where id = $1 and status = 'working'", [
    request.id,
    JSON.stringify(draft),
  ]);
}

async function forgetDraft({ ctx, request }: Work): Promise<void> {
  await ctx.db.pool.query("update requests set result = null where id = $1 and status = 'working'", [request.id]);
}

/**
 * Writes what a task has come to: its changes in one commit, with what is to be remembered. Done once, however often it is tried.
 * Where the knowledge base moved on it is merged; where that cannot be, it waits for a person, and `commitHash` is null beside the files.
 * @throws AppError `cancelled` where the person did not want it any more before the commit
 */
export async function writeDraft(work: Work, kb: Kb, draft: Draft, actor: Actor): Promise<TaskResult> {
  const { ctx, request, signal } = work;
  const { spaceId, contributorId } = request;
  const kept = { spaceId, contributorId, memories: draft.memories, at: ctx.now() };
  if (draft.changes.length === 0) {
    await transaction(ctx.db, (tx) => keepMemories(tx, kept));
    return draft.result;
  }
  const operation: OperationInput = {
    operationId: request.id,
    kind: "edit",
    subject: subjectOf(request.prompt),
    trailers: [
      ["Requested-by", `${actor.name} <${actorRef(actor)}>`],
      ["Generated-by", `winnow/${draft.result.generatedBy}`],
    ],
    author: commitAuthor(actor),
    proposed: { base: draft.base, changes: draft.changes.map(asFileChange) },
    isWanted: async () => !(await hasWishToCancel(ctx, request.id)),
    inTransaction: (tx) => keepMemories(tx, kept),
  };
  try {
    const commit = await kb.runOperation({ ...ctx, actor }, operation, { signal });
    if (commit) return { ...draft.result, commitHash: commit.commitHash };
  } catch (error) {
    // What cannot be written as it is would fail for ever: another try has to think again.
    const isForGood = error instanceof AppError && !["unavailable", "rate_limited", "cancelled"].includes(error.code);
    if (isForGood || (await hasWishToCancel(ctx, request.id))) await forgetDraft(work);
    throw error;
  }
  if (await hasWishToCancel(ctx, request.id)) {
    await forgetDraft(work);
    throw new AppError("cancelled", "This task was cancelled. Nothing was written.");
  }
  const parked = await ctx.db.prisma.kbOperation.findFirst({ where: { id: request.id, status: "conflicted" } });
  // Without a conflict, someone else wrote the very same in the meantime.
  return parked ? draft.result : { ...draft.result, files: [] };
}

/** What a task that was committed by an earlier try did, as far as the commit tells. */
export async function resultOfCommit(
  kb: Kb,
  commitHash: string,
  given: Pick<TaskResult, "summary" | "generatedBy" | "tookMs">,
): Promise<TaskResult> {
  const changes = await kb.changesOf(commitHash);
  return {
    ...{
      type: "task",
      ...given,
      commitHash,
      files: countLines(changes.filter(({ path }) => !path.endsWith("index.md"))),
    },
    ...{ tools: {}, steps: 0, costUsd: null, tokens: 0 },
  };
}

/** What became of each file, with the lines that it gained and lost. */
export function countLines(
  changes: ReadonlyArray<{ path: string; before: string | null; after: string | null }>,
): TaskResult["files"] {
  return changes
    .map(({ path, before, after }) => ({
      path,
      change: before === null ? ("added" as const) : after === null ? ("removed" as const) : ("changed" as const),
      ...linesOf(before ?? "", after ?? ""),
    }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function linesOf(before: string, after: string): { added: number; removed: number } {
  const parts = diffLines(before, after, { timeout: DIFF_MS });
  if (!parts) return { added: after.split("\n").length, removed: before.split("\n").length };
  const count = (of: "added" | "removed") => parts.reduce((sum, part) => sum + (part[of] ? part.count : 0), 0);
  return { added: count("added"), removed: count("removed") };
}

function subjectOf(prompt: string): string {
  const line = prompt.replaceAll(/\s+/gu, " ").trim();
  const cut = line.length > LONGEST_SUBJECT ? `${line.slice(0, LONGEST_SUBJECT - 1).toWellFormed()}…` : line;
  return `Task: ${cut}`;
}
