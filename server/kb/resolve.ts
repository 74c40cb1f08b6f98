import type { z } from "zod";

import { emit } from "#server/events/index.ts";
import { enqueue, enqueueCall, jobCall, type JobCall } from "#server/jobs/index.ts";
import { type Actor, actorRef, type Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import type { ConflictFile } from "./conflict-rows.ts";
import { mergeVersions } from "./git/three-way.ts";
import { kbResolve } from "./jobs.ts";
import type { Author, FileChange, Kb, KbTree } from "./kb.ts";
import { hasConflictMarkers } from "./note-text.ts";
import { foldPath } from "./paths.ts";
import { ResolveInput } from "./schema.ts";

type Choice = z.output<typeof ResolveInput>["files"][number];

/**
 * Takes what a person decided about a conflict, to be written by the job: of two people who decide at once, the first one's counts.
 * @returns the operation that writes it
 */
export async function requestResolution(
  ctx: Ctx,
  { spaceId, conflictId, files }: z.output<typeof ResolveInput> & { spaceId: string },
): Promise<{ operationId: string }> {
  const operationId = newId();
  await transaction(ctx.db, async (tx) => {
    const [row] = await tx.query<{ status: string; resolvedBy: Actor | null; resolutionId: string | null }>(
      `select status, resolved_by as "resolvedBy", resolution_id as "resolutionId" from kb_conflicts
        where id = $1 and space_id = $2 and status <> 'preparing' for update`,
      [conflictId, spaceId],
    );
    if (!row) throw new AppError("not_found", "There is no such conflict in this space.");
    if (row.status === "resolved" || (await isUnderWay(tx, { spaceId, conflictId, resolutionId: row.resolutionId }))) {
      const who = row.resolvedBy?.name ?? "Someone";
      throw new AppError("conflict", `${who} has decided this conflict already. Nothing was changed.`);
    }
    const paths = await tx.query<{ path: string }>("select path from kb_conflict_files where conflict_id = $1", [
      conflictId,
    ]);
    checkChoices(
      paths.map((each) => each.path),
      files,
    );
    await tx.query("update kb_conflicts set resolution = $2, resolution_id = $3, resolved_by = $4 where id = $1", [
      conflictId,
      JSON.stringify(files),
      operationId,
      ctx.actor,
    ]);
    await enqueue(tx, kbResolve, { spaceId, conflictId });
  });
  return { operationId };
}

/** Whether what someone decided is being written, or will be: not where that failed, or its job gave up. */
async function isUnderWay(
  tx: Tx,
  { spaceId, conflictId, resolutionId }: { spaceId: string; conflictId: string; resolutionId: string | null },
): Promise<boolean> {
  if (resolutionId === null) return false;
  const [found] = await tx.query<{ isUnderWay: boolean }>(
    `select coalesce((select status not in ('failed', 'conflicted') from kb_operations where id = $1),
                     exists (select from graphile_worker.jobs where key = $2 and attempts < max_attempts)) as "isUnderWay"`,
    [resolutionId, kbResolve.key?.({ spaceId, conflictId })],
  );
  return found?.isUnderWay ?? false;
}

/** Writes what was decided: one commit with both authors, or none where theirs stays everywhere. */
export async function resolveConflict(ctx: Ctx, kb: Kb, { conflictId }: { conflictId: string }): Promise<void> {
  const conflict = await ctx.db.prisma.kbConflict.findFirst({
    where: { id: conflictId, spaceId: kb.spaceId, status: "open" },
    include: { files: true, operation: true },
  });
  if (!conflict?.resolutionId) return;
  const choices = ResolveInput.shape.files.parse(conflict.resolution);
  const by = conflict.resolvedBy as Actor;
  const [ours, theirs] = [conflict.ourAuthor, conflict.theirAuthor] as [Author, Author];
  let isWritten = false;
  if (choices.some((each) => each.choice !== "theirs")) {
    const written = await kb.runOperation(
      { ...ctx, actor: by },
      {
        operationId: conflict.resolutionId,
        kind: "resolve",
        subject: `Resolve: ${conflict.subject}`,
        author: ours,
        trailers: [
          ...(conflict.operation?.proposalId ? [["Winnow-Proposal", conflict.operation.proposalId] as const] : []),
          ["Reviewed-by", `${by.name} <${actorRef(by)}>`],
          ["Co-authored-by", `${theirs.name} <${theirs.email}>`],
        ],
        ...(conflict.operationId ? { alsoDoes: conflict.operationId } : {}),
        retry: jobCall(kbResolve, { spaceId: kb.spaceId, conflictId }),
        plan: (tree) => planResolution(ctx, kb, conflict.files, choices, tree),
      },
    );
    // It was refused or parked: its row says why, and the conflict is still open.
    if (!written && (await isUnsettled(ctx, conflict.resolutionId))) return;
    // Of a deletion and an edit, both is the edit that stands there: nothing is written, and there is no commit to be found.
    isWritten = written !== null;
  }
  await settle(ctx, kb, conflict, choices, by, isWritten);
}

async function planResolution(
  ctx: Ctx,
  kb: Kb,
  files: ReadonlyArray<ConflictFile & { id: string }>,
  choices: readonly Choice[],
  tree: KbTree,
): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  for (const file of files) {
    const choice = choices.find((each) => each.path === file.path);
    if (!choice || choice.choice === "theirs") continue;
    const current = await tree.read(file.path);
    if (choice.choice === "both") {
      if (file.ours !== null)
        changes.push({ path: await besides(tree, file.path), content: await contentOf(kb, file) });
      continue;
    }
    const wanted = choice.choice === "edited" ? (choice.text ?? "") : file.ours;
    if (!file.isText) {
      changes.push(
        file.ours === null
          ? { path: file.path, delete: true }
          : { path: file.path, content: await contentOf(kb, file) },
      );
      continue;
    }
    // What was written there since the person looked is not overwritten.
    const merged = await mergeVersions(file.theirs, wanted, current);
    if (merged === "conflict") {
      await ctx.db.pool.query("update kb_conflict_files set theirs = $2 where id = $1", [file.id, current]);
      throw new AppError(
        "conflict",
        `“${file.path}” was changed again since you looked. Look at it once more, then decide.`,
      );
    }
    changes.push(
      merged.merged === null ? { path: file.path, delete: true } : { path: file.path, content: merged.merged },
    );
  }
  return changes;
}

async function contentOf(kb: Kb, file: ConflictFile): Promise<string | Buffer> {
  return file.isText ? (file.ours ?? "") : kb.blob(file.ours ?? "");
}

/** A free name for our version beside theirs. */
async function besides(tree: KbTree, path: string): Promise<string> {
  const slash = path.lastIndexOf("/") + 1;
  const [folder, name] = [path.slice(0, Math.max(0, slash - 1)), path.slice(slash)];
  const dot = name.lastIndexOf(".") > 0 ? name.lastIndexOf(".") : name.length;
  const taken = new Set((await tree.names(folder)).map((each) => foldPath(each.replace(/\/$/, ""))));
  for (let count = 2; ; count++) {
    const free = `${name.slice(0, dot)}-${count}${name.slice(dot)}`;
    if (!taken.has(foldPath(free))) return folder === "" ? free : `${folder}/${free}`;
  }
}

async function isUnsettled(ctx: Ctx, operationId: string): Promise<boolean> {
  const row = await ctx.db.prisma.kbOperation.findUnique({ where: { id: operationId }, select: { status: true } });
  return row?.status === "failed" || row?.status === "conflicted";
}

/** Closes the conflict; the operation that it came from learns what became of it. */
async function settle(
  ctx: Ctx,
  kb: Kb,
  conflict: { id: string; operationId: string | null; operation: { retryJob: unknown } | null },
  choices: readonly Choice[],
  by: Actor,
  isWritten: boolean,
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const at = ctx.now();
    const closed = await tx.query(
      "update kb_conflicts set status = 'resolved', resolved_at = $2 where id = $1 and status = 'open' returning id",
      [conflict.id, at],
    );
    if (closed.length === 0) return;
    for (const { path, choice } of choices) {
      await tx.query("update kb_conflict_files set choice = $3 where conflict_id = $1 and path = $2", [
        conflict.id,
        path,
        choice,
      ]);
    }
    if (conflict.operationId && isWritten) {
      // Its commit carries the operation's trailer too: the next try finds it there, and does what follows from it.
      if (conflict.operation?.retryJob) await enqueueCall(tx, conflict.operation.retryJob as JobCall);
    } else if (conflict.operationId) {
      await tx.query(
        "update kb_operations set status = 'failed', failure = $2, retry_job = null where id = $1 and status = 'conflicted'",
        [conflict.operationId, `${by.name} kept what stood there already, so this was not written.`],
      );
    }
    emit(tx, {
      spaceId: kb.spaceId,
      type: "kb.synced",
      subjectId: kb.id,
      payload: { conflictId: conflict.id },
      actor: by,
      at,
    });
  });
}

function checkChoices(paths: readonly string[], choices: readonly Choice[]): void {
  const named = new Set(choices.map((each) => each.path));
  if (named.size !== choices.length || named.size !== paths.length || paths.some((path) => !named.has(path))) {
    throw new AppError("invalid_input", "Each file of the conflict needs one choice. Nothing was changed.");
  }
  for (const { choice, text, path } of choices) {
    if (choice !== "edited") continue;
    if (text === undefined)
      throw new AppError("invalid_input", `The text of “${path}” is missing. Nothing was changed.`);
    if (hasConflictMarkers(text)) {
      throw new AppError(
        "invalid_input",
        `The text of “${path}” still has lines such as <<<<<<< or >>>>>>> in it. Take them out; nothing was changed yet.`,
      );
    }
  }
}
