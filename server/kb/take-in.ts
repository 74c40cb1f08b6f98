import { jobCall } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import { type ConflictFile, parkConflict } from "./conflict-rows.ts";
import { commitMessage } from "./git/commit-text.ts";
import { WINNOW } from "./git/git.ts";
import type { Commit } from "./git/repository.ts";
import { kbSync } from "./jobs.ts";
import type { Author } from "./kb.ts";
import type { Held } from "./lock.ts";
import { startedWithoutRemote } from "./create.ts";
import { type Merged, mergeHistories } from "./merge-histories.ts";
import { beginRows, failRows, newHold } from "./operation-rows.ts";
import { recordCommits } from "./record.ts";
import type { Room } from "./room.ts";

/** Commits of others that are to become part of the branch. */
export type Incoming = {
  theirs: Commit;
  kind: "sync" | "hand";
  /** What is said of it in the list of operations, e.g. “Take in 3 commits from …”. */
  subject: string;
  queuedAt: Date;
};

/**
 * Makes commits of others part of the branch: moves on to them, or merges them. To be called under the lock. What cannot be merged
 * is parked: theirs stands, ours is in a conflict for a person, and nothing else has to wait.
 * @returns the new tip, or null where there was nothing to take in
 * @throws AppError `conflict` for a history that has nothing in common with ours
 */
export async function takeIn(ctx: Ctx, room: Room, held: Held, incoming: Incoming): Promise<Commit | null> {
  const { repository } = room;
  const { theirs, kind, subject, queuedAt } = incoming;
  const ours = await repository.tip();
  if (!ours || ours.hash === theirs.hash) return null;
  const baseHash = await repository.commonBase(ours.hash, theirs.hash);
  if (baseHash === theirs.hash) return null;
  if (baseHash === null && !(await startedWithoutRemote(repository))) throw unrelated(room);

  const retry = jobCall(kbSync, { spaceId: room.spaceId, isAsked: true });
  const operation = { operationId: newId(), kind, subject, retry, queuedAt };
  const hold = newHold(ctx, [operation]);
  const startedAt = hold.lockedAt;
  const { headCommit } = await beginRows(ctx, room, [operation], { tip: ours.hash, startedAt });
  try {
    const next =
      baseHash === ours.hash ? theirs : await merge(ctx, room, { ours, theirs, baseHash, operation, source: kind });
    await disown(ctx, room, ours, next);
    await held.assertHeld();
    if (!(await repository.advance(next.hash, ours.hash))) {
      throw new AppError("unavailable", "The branch moved while commits of others were taken in. It is tried again.");
    }
    const differences = await repository.trees.diff(ours.tree, next.tree);
    const files = differences.slice(0, MAX_FILES_NAMED).map((difference) => difference.path);
    const done = [{ operation, files, changes: [] }];
    const commits = [{ ctx, commit: next, operations: done }];
    await recordCommits(ctx, room, commits, { from: headCommit, upTo: next.hash, head: next.hash, hold });
    return next;
  } catch (error) {
    await failRows(ctx, room, error, hold);
    throw error;
  }
}

/**
 * Takes in again what was committed while a person's git was in the middle of something in the folder, and is missing now: a rebase that
 * is dropped puts the branch back to where it began, and a merge that is finished is a commit of files that did not follow. To be
 * called under the lock.
 */
export async function takeInMeanwhile(ctx: Ctx, room: Room, held: Held, queuedAt: Date): Promise<void> {
  const { repository, workTree } = room;
  const meanwhile = await workTree.meanwhile();
  if (!meanwhile) return;
  const [tip, ours] = await Promise.all([repository.tip(), repository.commit(meanwhile.upTo)]);
  if (tip && ours && tip.hash !== ours.hash) {
    const isThere = await repository.contains(ours.hash);
    const theirs = isThere ? await withMeanwhile(ctx, room, { tip, ours, from: meanwhile.from }) : ours;
    const subject = "Keep what was written meanwhile";
    if (theirs) await takeIn(ctx, room, held, { theirs, kind: "hand", subject, queuedAt });
  }
  await workTree.forgetMeanwhile();
}

/** The same for what was last fetched, and for what a person's git took out. A remote that has nothing in common with us stands in nobody's way: the next sync says so. */
export async function takeInFetched(ctx: Ctx, room: Room, held: Held, queuedAt: Date): Promise<void> {
  await takeInMeanwhile(ctx, room, held, queuedAt);
  const theirs = await room.remote?.fetcher.unseen();
  if (!room.remote || !theirs) return;
  try {
    await takeInRemote(ctx, room, held, theirs, queuedAt);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "conflict")) throw error;
  }
}

/** Takes in a commit of the remote. */
export async function takeInRemote(ctx: Ctx, room: Room, held: Held, theirs: Commit, queuedAt: Date): Promise<void> {
  const { repository, remote } = room;
  const tip = await repository.tip();
  const count = tip ? await repository.countCommits(theirs.hash, tip.hash) : 0;
  const subject = `Take in ${count === 1 ? "a commit" : `${count} commits`} of others`;
  await takeIn(ctx, room, held, { theirs, kind: "sync", subject, queuedAt });
  remote?.fetcher.see(theirs);
}

/**
 * A commit that comes in from elsewhere may say that it is an operation of ours. One that is not done yet is not done by that: from
 * now on its commit is looked for after this one. To be called before the branch moves.
 */
async function disown(ctx: Ctx, { kbId, repository }: Room, ours: Commit, next: Commit): Promise<void> {
  const claimed = await repository.history.claimed(next.hash, ours.hash);
  if (claimed.length === 0) return;
  const { rows } = await ctx.db.pool.query<{ id: string; base: string | null }>(
    `select id, base_commit as base from kb_operations
      where kb_id = $1 and id = any($2) and status not in ('committed', 'pushed')`,
    [kbId, claimed],
  );
  for (const { id, base } of rows) {
    // Its own commit may be here already, from a try that was cut off.
    if (await repository.findOperation(id, base)) continue;
    await ctx.db.pool.query("update kb_operations set base_commit = $2 where id = $1", [id, next.hash]);
  }
}

/** More than these are not named in the row of an operation. */
const MAX_FILES_NAMED = 200;

async function merge(
  ctx: Ctx,
  room: Room,
  given: {
    ours: Commit;
    theirs: Commit;
    baseHash: string | null;
    operation: { operationId: string; subject: string };
    source: "sync" | "hand";
  },
): Promise<Commit> {
  const { repository } = room;
  const { ours, theirs, baseHash, operation, source } = given;
  const base = baseHash === null ? null : await repository.commit(baseHash);
  const { tree, objects, conflicts } = await mergeHistories(room, { base, ours, theirs });
  const at = new Date(Math.floor(ctx.now().getTime() / 1000) * 1000);
  const message = commitMessage({
    operationIds: [operation.operationId],
    subject: source === "hand" ? "Take in what was edited in the folder" : operation.subject,
    trailers: [["Merged-from", from(room, source)]],
  });
  const parents = [ours.hash, theirs.hash];
  const hash = await repository.write({ tree, parents, author: WINNOW, at, message }, objects);
  if (conflicts.length > 0) {
    await park(ctx, room, source, { baseHash, ours, theirs, mergeCommit: hash }, conflicts);
  }
  return { hash, tree, parents, committedAt: at };
}

/** A commit on top of what a person made of the files as they were at `from`, with what was written since then. Null: it has all of it. */
async function withMeanwhile(
  ctx: Ctx,
  room: Room,
  { tip, ours, from }: { tip: Commit; ours: Commit; from: string | null },
): Promise<Commit | null> {
  const { repository } = room;
  const base = from ? await repository.commit(from) : null;
  if (!base) return null;
  const at = new Date(Math.floor(ctx.now().getTime() / 1000) * 1000);
  const commitOf = async (tree: string, parent: string, objects: Merged["objects"]): Promise<Commit> => {
    const parents = [parent];
    const message = "Keep what was written meanwhile\n";
    const hash = await repository.write({ tree, parents, author: WINNOW, at, message }, objects);
    return { hash, tree, parents, committedAt: at };
  };
  // What they did, where they did it: no branch ever points to it.
  const theirs = await commitOf(tip.tree, base.hash, []);
  const merged = await mergeHistories(room, { base, ours, theirs });
  if (merged.tree === tip.tree && merged.conflicts.length === 0) return null;
  const next = await commitOf(merged.tree, tip.hash, merged.objects);
  if (merged.conflicts.length > 0) {
    await park(ctx, room, "hand", { baseHash: base.hash, ours, theirs: tip, mergeCommit: next.hash }, merged.conflicts);
  }
  return next;
}

async function park(
  ctx: Ctx,
  room: Room,
  source: "sync" | "hand",
  sides: { baseHash: string | null; ours: Commit; theirs: Commit; mergeCommit: string },
  files: ConflictFile[],
): Promise<void> {
  const [first] = files;
  const { history } = room.repository;
  const author = async (hash: string): Promise<Author> =>
    (first && (await history.authorOf(hash, first.path))) ?? { ...WINNOW };
  const [ourAuthor, theirAuthor] = await Promise.all([author(sides.ours.hash), author(sides.theirs.hash)]);
  const names = files.map((file) => file.path);
  const subject = names.length === 1 ? (names[0] ?? "") : `${names[0]} and ${names.length - 1} more`;
  await transaction(ctx.db, (tx) =>
    parkConflict(tx, ctx, room, {
      source: source === "sync" ? "remote" : "hand",
      subject,
      baseCommit: sides.baseHash,
      ourCommit: sides.ours.hash,
      theirCommit: sides.theirs.hash,
      mergeCommit: sides.mergeCommit,
      ourAuthor,
      theirAuthor,
      files,
    }),
  );
}

const from = (room: Room, source: "sync" | "hand") =>
  source === "hand" ? "the folder" : (room.remote?.shown ?? "elsewhere");

function unrelated({ remote, repository }: Room): AppError {
  return new AppError(
    "conflict",
    `The branch ${repository.branch} of ${remote?.shown ?? "the remote"} has a history of its own that these notes did not start from, so nothing was taken from it and nothing pushed to it. Point KB_GIT_REMOTE to an empty repository, or set KB_GIT_BRANCH to a branch that does not exist there yet.`,
  );
}
