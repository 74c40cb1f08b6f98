import { z } from "zod";

import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import { note } from "#server/lib/log.ts";

import { commitMessage } from "./git/commit-text.ts";
import type { FileChange, OperationInput, OperationResult } from "./kb.ts";
import type { Held, KbLock } from "./lock.ts";
import { beginRow, dropRow, failRow, queueRow, recordCommit } from "./operation-rows.ts";
import { checkNoLink } from "./paths.ts";
import type { Commit, Repository } from "./git/repository.ts";
import type { WorkTree } from "./work-tree/work-tree.ts";

// An operation leaves its traces in an order that a crash may cut anywhere: the row with the commit it starts from, then
// the commit with the operation's id in it, then the rows that say so. Whoever comes next looks for each before making it.

export type OperationRoom = {
  kbId: string;
  spaceId: string;
  repository: Repository;
  lock: KbLock;
  workTree: WorkTree;
  hasRemote: boolean;
};

/** A commit of an operation, made now or found. */
export type Made = {
  commit: Pick<Commit, "hash" | "committedAt">;
  head: string;
  changes: FileChange[];
  isNew: boolean;
};

/** How often the plan is made again because a person moved the branch in between. */
const MAX_PLANS = 5;

/** See `Kb.runOperation`. */
export async function runOperation(
  ctx: Ctx,
  room: OperationRoom,
  operation: OperationInput,
): Promise<OperationResult | null> {
  z.uuid().parse(operation.operationId);
  // The row is written while this waits for its turn, so that the queue can be seen.
  const queued = queueRow(ctx, room, operation);
  const work = room.lock.hold(async (held) => {
    await queued;
    return perform(ctx, room, operation, held);
  });
  const [done] = await Promise.all([work, queued]);
  if (!done) return null;
  note({ commit: done.commitHash, isNewCommit: done.isNew });
  const { leftAlone } = await room.workTree.bring();
  return { ...done, leftAlone };
}

async function perform(
  ctx: Ctx,
  room: OperationRoom,
  operation: OperationInput,
  held: Held,
): Promise<Omit<OperationResult, "leftAlone"> | null> {
  const tip = await room.repository.tip();
  const begin = () => beginRow(ctx, room, operation.operationId, tip?.hash ?? null);
  let before = await begin();
  if (!before) {
    // Another try of the same operation found nothing to do and dropped the row; this one looks for itself.
    await queueRow(ctx, room, operation);
    before = await begin();
  }
  if (!before) throw new Error(`The operation ${operation.operationId} belongs to another knowledge base.`);
  if (before.commitHash && before.committedAt) {
    return { commitHash: before.commitHash, committedAt: before.committedAt, isNew: false };
  }
  try {
    // Only a try that got as far as naming its base can have left a commit.
    const found = before.baseCommit ? await findMade(room.repository, operation.operationId, before.baseCommit) : null;
    const made = found ?? (await make(ctx, room.repository, operation, held, tip));
    if (!made) {
      await dropRow(ctx, operation.operationId);
      return null;
    }
    await recordCommit(ctx, room, operation, made);
    return { commitHash: made.commit.hash, committedAt: made.commit.committedAt, isNew: made.isNew };
  } catch (error) {
    await failRow(ctx, operation.operationId, error);
    throw error;
  }
}

/** Plans at the tip and commits, again if someone was quicker. Null: there is nothing to do. */
async function make(
  ctx: Ctx,
  repository: Repository,
  operation: OperationInput,
  held: Held,
  first: Commit | null,
): Promise<Made | null> {
  let tip = first;
  for (let plans = 0; plans < MAX_PLANS; plans++) {
    const changes = await operation.plan(repository.files(tip));
    if (!changes || changes.length === 0) return null;
    const { root, objects } = await repository.trees.change(tip?.tree ?? null, changes);
    if (root === tip?.tree) return null;
    await Promise.all(changes.map((change) => checkNoLink(repository.folder, change.path)));
    // git keeps seconds; the rows say the same as the commit.
    const at = new Date(Math.floor(ctx.now().getTime() / 1000) * 1000);
    const hash = await repository.write(
      { tree: root, parents: tip ? [tip.hash] : [], author: operation.author, at, message: commitMessage(operation) },
      objects,
    );
    await held.assertHeld();
    if (await repository.advance(hash, tip?.hash ?? null)) {
      return { commit: { hash, committedAt: at }, head: hash, changes, isNew: true };
    }
    tip = await repository.tip();
  }
  throw new AppError(
    "unavailable",
    "The knowledge base's branch is being moved by someone else all the time, so nothing was written. It is tried again; if this stays, see what works in its folder.",
  );
}

/** The commit that an earlier try left behind, with what it changed. */
async function findMade(repository: Repository, operationId: string, since: string): Promise<Made | null> {
  const commit = await repository.findOperation(operationId, since);
  if (!commit) return null;
  const [parent, head] = await Promise.all([
    commit.parents[0] ? repository.commit(commit.parents[0]) : null,
    repository.tip(),
  ]);
  const differences = await repository.trees.diff(parent?.tree ?? null, commit.tree);
  const changes = await Promise.all(
    differences.map(async ({ path, after }): Promise<FileChange> => {
      if (!after) return { path, delete: true };
      return { path, content: (await repository.trees.blob(after)).toString() };
    }),
  );
  return { commit, head: head?.hash ?? commit.hash, changes, isNew: false };
}
