import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { note } from "#server/lib/log.ts";
import { readSetting } from "#server/settings/index.ts";

import { GitError } from "./git/git.ts";
import { findProblems } from "./git/problems.ts";
import type { Repository } from "./git/repository.ts";
import type { RunOptions } from "./kb.ts";
import { recordHead } from "./record.ts";
import { explain } from "./remote/explain.ts";
import { pushCommits } from "./remote/push.ts";
import type { Room } from "./room.ts";
import type { KbProblem } from "./schema.ts";
import { takeInHandEdits } from "./take-in-hand.ts";
import { takeInMeanwhile, takeInRemote } from "./take-in.ts";

/** More would not be read. */
const MAX_FILES_LISTED = 50;

/**
 * Brings the branch, the folder, the remote and the rows in step: what people changed in the folder is committed, what others pushed
 * is taken in, what is new here is pushed. The remote's faults are kept with the knowledge base in words; they stop nothing else.
 * @param isAsked whether a person waits for it: then it is announced even where nothing changed
 */
export async function syncKb(
  ctx: Ctx,
  room: Room,
  { signal, isAsked = false }: RunOptions & { isAsked?: boolean } = {},
): Promise<void> {
  const { repository, remote } = room;
  const queuedAt = ctx.now();
  if (await room.workTree.meanwhile()) {
    await room.lock.hold((held) => takeInMeanwhile(ctx, room, held, queuedAt), signal);
  }
  const hand = await syncFolder(ctx, room, signal);
  let syncFailure: string | null = null;
  try {
    await syncRemote(ctx, room, signal);
  } catch (error) {
    if (!remote || !isRemotesFault(error)) throw error;
    syncFailure = explain(error, remote, "sync");
  }
  await room.workTree.bring();
  if (remote && syncFailure === null) await pushWhatIsNew(ctx, room);
  const tip = await repository.tip();
  const [counts, problems] = await Promise.all([
    countBoth(room),
    tip ? problemsOf(ctx, room, tip.tree) : Promise.resolve([]),
  ]);
  await recordSync(ctx, room, { ...hand, ...counts, syncFailure, problems }, isAsked);
  note({ syncFailed: syncFailure !== null, ahead: counts.ahead, behind: counts.behind });
}

/** What people did in the folder: their edits, and commits that they made on the branch themselves. */
async function syncFolder(ctx: Ctx, room: Room, signal: AbortSignal | undefined) {
  const { why, edits, waiting } = await room.workTree.handEdits();
  const isTaken = (await readSetting(ctx.db, room.spaceId, "kb.handEdits")) === "commit";
  if (isTaken && edits.length > 0) {
    const queuedAt = ctx.now();
    await room.lock.hold(async (held) => {
      // Looked at once more: another process may have taken them while this one waited for its turn.
      const now = await room.workTree.handEdits();
      await takeInHandEdits(ctx, room, held, now.edits, queuedAt);
    }, signal);
    await room.workTree.bring();
  }
  const leftAlone = isTaken ? waiting : [...edits.map((edit) => edit.path), ...waiting];
  return { workTreeNote: why, leftAlone: leftAlone.toSorted().slice(0, MAX_FILES_LISTED) };
}

async function syncRemote(ctx: Ctx, room: Room, signal: AbortSignal | undefined): Promise<void> {
  const { remote, repository } = room;
  const queuedAt = ctx.now();
  await remote?.fetcher.fetch();
  const [theirs, tip, head] = await Promise.all([remote?.fetcher.unseen(), repository.tip(), recordedHead(ctx, room)]);
  if (!theirs && tip?.hash === head) return;
  await room.lock.hold(async (held) => {
    const now = await repository.tip();
    if (now) await recordHead(ctx, room, await recordedHead(ctx, room), now);
    if (theirs) await takeInRemote(ctx, room, held, theirs, queuedAt);
  }, signal);
}

/** Pushes where the remote did not have all of it when it was asked. Why that failed is kept with the knowledge base. */
async function pushWhatIsNew(ctx: Ctx, room: Room): Promise<void> {
  const [tip, theirs] = await Promise.all([room.repository.tip(), room.remote?.fetcher.last()]);
  const { rows } = await ctx.db.pool.query<{ isPushed: boolean }>(
    `select pushed_commit is not distinct from head_commit and push_failure is null as "isPushed" from knowledge_bases where id = $1`,
    [room.kbId],
  );
  if (rows[0]?.isPushed && tip?.hash === theirs?.hash) return;
  try {
    await pushCommits(ctx, room);
  } catch (error) {
    if (!isRemotesFault(error)) throw error;
  }
}

async function countBoth({ remote, repository }: Room): Promise<{ ahead: number | null; behind: number | null }> {
  const [tip, theirs] = await Promise.all([repository.tip(), remote ? remote.fetcher.last() : null]);
  if (!remote || !tip) return { ahead: null, behind: null };
  if (!theirs) return { ahead: await repository.countCommits(tip.hash), behind: 0 };
  const [ahead, behind] = await Promise.all([
    repository.countCommits(tip.hash, theirs.hash),
    repository.countCommits(theirs.hash, tip.hash),
  ]);
  return { ahead, behind };
}

/** What was found in a tree does not change: it is looked for once in each process. */
const found = new WeakMap<Repository, { tree: string; problems: KbProblem[] }>();

async function problemsOf(ctx: Ctx, { kbId, repository, files }: Room, tree: string): Promise<KbProblem[]> {
  const known = found.get(repository);
  if (known?.tree === tree) return known.problems;
  const { rows } = await ctx.db.pool.query<{ path: string }>("select path from notes where kb_id = $1", [kbId]);
  const notes = new Set(rows.map((row) => row.path));
  const problems = await findProblems(repository, tree, (path) => notes.has(path) || files.isGenerated(path));
  found.set(repository, { tree, problems });
  return problems;
}

type SyncState = {
  workTreeNote: string | null;
  leftAlone: string[];
  ahead: number | null;
  behind: number | null;
  syncFailure: string | null;
  problems: KbProblem[];
};

async function recordSync(ctx: Ctx, { kbId, spaceId }: Room, state: SyncState, isAsked: boolean): Promise<void> {
  const at = ctx.now();
  await transaction(ctx.db, async (tx) => {
    const [row] = await tx.query<{ isNew: boolean }>(
      `with before as (select * from knowledge_bases where id = $1 for update)
       update knowledge_bases k
          set synced_at = $2, sync_failure = $3, ahead = $4, behind = $5, problems = $6, left_alone = $7, work_tree_note = $8
         from before where k.id = before.id
       returning (before.sync_failure, before.ahead, before.behind, before.problems, before.left_alone, before.work_tree_note)
                 is distinct from (k.sync_failure, k.ahead, k.behind, k.problems, k.left_alone, k.work_tree_note) as "isNew"`,
      [
        kbId,
        at,
        state.syncFailure,
        state.ahead,
        state.behind,
        JSON.stringify(state.problems),
        state.leftAlone,
        state.workTreeNote,
      ],
    );
    if (row?.isNew || isAsked) {
      emit(tx, { spaceId, type: "kb.synced", subjectId: kbId, actor: ctx.actor, at });
    }
  });
}

async function recordedHead(ctx: Ctx, { kbId }: Room): Promise<string | null> {
  const { rows } = await ctx.db.pool.query<{ head: string | null }>(
    "select head_commit as head from knowledge_bases where id = $1",
    [kbId],
  );
  return rows[0]?.head ?? null;
}

/** What the remote or its address is to blame for; the rest is tried again as a job. */
function isRemotesFault(error: unknown): boolean {
  return (
    error instanceof GitError ||
    (error instanceof AppError && ["invalid_input", "conflict", "unavailable"].includes(error.code))
  );
}
