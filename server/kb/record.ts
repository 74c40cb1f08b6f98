import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { readSetting } from "#server/settings/index.ts";

import { closeConflictsOf, settlePrepared } from "./conflict-rows.ts";
import type { Commit, Repository } from "./git/repository.ts";
import { kbPush } from "./jobs.ts";
import type { FileChange, OperationInput, RecordedChange } from "./kb.ts";
import { isNoteText } from "./note-text.ts";
import { announceHold, failCutOff, type Hold, movedAway } from "./operation-rows.ts";
import type { Room } from "./room.ts";
import { MAX_NOTE_BYTES } from "./schema.ts";

/** An operation with what its commit changed. */
export type DoneOperation = {
  operation: Pick<OperationInput, "operationId" | "kind" | "proposalId" | "inTransaction">;
  files: string[];
  changes: readonly FileChange[];
};

const FILES_AT_A_TIME = 500;

/** A commit of ours with the operations that it holds, and for whom it was made. */
export type OwnCommit = {
  ctx: Ctx;
  commit: Pick<Commit, "hash" | "committedAt">;
  operations: readonly DoneOperation[];
};

/**
 * Says in one transaction that commits are there, with everything that follows from them: the rows of their operations, the index
 * of notes, the events, the push. What became of the branch since the rows last spoke of it is taken in first.
 */
export async function recordCommits(
  ctx: Ctx,
  room: Room,
  commits: readonly OwnCommit[],
  {
    from,
    upTo,
    head,
    hold,
  }: {
    /** The commit that the rows speak of. */
    from: string | null;
    /** The commit up to which others' changes are taken in: the parent of our first one. */
    upTo: string | null;
    /** What the branch is at. */
    head: string;
    hold: Hold;
  },
): Promise<void> {
  const pushAfterMs = room.remote ? await readSetting(ctx.db, room.spaceId, "kb.pushBatchMs") : 0;
  await transaction(ctx.db, async (tx) => {
    const news = await markCommitted(tx, ctx, room, commits, head);
    if (from !== upTo) await recordOthers(tx, ctx, room, { from, upTo, as: commits[0]?.commit });
    for (const { ctx: theirs, commit, operations } of commits) {
      const about = {
        ...{ spaceId: room.spaceId, kbId: room.kbId, actor: theirs.actor },
        ...{ commitHash: commit.hash, committedAt: commit.committedAt },
      };
      for (const { operation, files, changes } of operations) {
        if (!news.has(operation.operationId)) continue;
        const proposalId = operation.kind === "create" ? (operation.proposalId ?? null) : null;
        if (changes.length > 0) await room.files.record(tx, { ...about, changes: changes.map(asRecorded), proposalId });
        await operation.inTransaction?.(tx, { commitHash: commit.hash, committedAt: commit.committedAt, files });
      }
    }
    if (room.remote) {
      const runAt = new Date(ctx.now().getTime() + pushAfterMs);
      await enqueue(tx, kbPush, { spaceId: room.spaceId }, { runAt, keepsTime: true });
    }
    announceHold(tx, ctx, room, hold);
  });
}

/** @returns the operations that nobody had recorded before */
async function markCommitted(
  tx: Tx,
  ctx: Ctx,
  room: Room,
  commits: readonly OwnCommit[],
  head: string,
): Promise<Set<string>> {
  const rows = commits.flatMap(({ commit, operations }) =>
    operations.map(({ operation, files }) => ({
      id: operation.operationId,
      files,
      commit_hash: commit.hash,
      committed_at: commit.committedAt,
    })),
  );
  const recorded = await tx.query<{ id: string; hadConflict: boolean }>(
    `with moved as (update knowledge_bases set head_commit = $4 where id = $3)
     update kb_operations o
        set status = 'committed', commit_hash = g.commit_hash, committed_at = g.committed_at, finished_at = $2, failure = null,
            files = g.files
       from jsonb_to_recordset($1::jsonb) as g (id uuid, files text[], commit_hash text, committed_at timestamptz)
      where o.id = g.id and o.status not in ('committed', 'pushed')
     returning o.id, exists (select from kb_conflicts c where c.operation_id = o.id and c.status = 'open') as "hadConflict"`,
    [JSON.stringify(rows), ctx.now(), room.kbId, head],
  );
  const settled = recorded.filter((row) => row.hadConflict).map((row) => row.id);
  if (settled.length > 0) await closeConflictsOf(tx, ctx, settled);
  return new Set(recorded.map(({ id }) => id));
}

/** Takes in what became of the branch without an operation of ours: commits that people made in the folder. */
export async function recordHead(ctx: Ctx, room: Room, from: string | null, head: Commit): Promise<void> {
  if (from === head.hash) return;
  await transaction(ctx.db, async (tx) => {
    const here = await tx.query(
      "update knowledge_bases set head_commit = $2 where id = $1 and home_id = $3 returning id",
      [room.kbId, head.hash, room.homeId],
    );
    if (here.length === 0) throw movedAway();
    await recordOthers(tx, ctx, room, { from, upTo: head.hash, as: head });
    await failCutOff(tx, room);
    if (room.remote) await enqueue(tx, kbPush, { spaceId: room.spaceId });
    emit(tx, { spaceId: room.spaceId, type: "kb.synced", subjectId: room.kbId, actor: ctx.actor, at: ctx.now() });
  });
}

/** Takes the changes of others into the index, and opens the conflicts that came with them. */
async function recordOthers(
  tx: Tx,
  ctx: Ctx,
  room: Room,
  given: {
    from: string | null;
    upTo: string | null;
    /** The commit that they are said to be as of. */
    as: Pick<Commit, "hash" | "committedAt"> | undefined;
  },
): Promise<void> {
  const { from, upTo, as } = given;
  await settlePrepared(tx, ctx, room);
  if (!as) return;
  const about = { spaceId: room.spaceId, kbId: room.kbId, actor: ctx.actor, proposalId: null };
  for await (const changes of recordedChanges(room.repository, from, upTo)) {
    await room.files.record(tx, { ...about, changes, commitHash: as.hash, committedAt: as.committedAt });
  }
}

/** What differs between two commits, some files at a time: a repository may hold any number of them. */
async function* recordedChanges(
  { commit, trees }: Repository,
  from: string | null,
  to: string | null,
): AsyncGenerator<RecordedChange[]> {
  const [before, after] = await Promise.all([from ? commit(from) : null, to ? commit(to) : null]);
  const differences = await trees.diff(before?.tree ?? null, after?.tree ?? null);
  for (let at = 0; at < differences.length; at += FILES_AT_A_TIME) {
    yield Promise.all(
      differences.slice(at, at + FILES_AT_A_TIME).map(async ({ path, after: oid }) => {
        if (oid === null || !path.endsWith(".md")) return { path, content: null };
        return { path, content: await trees.text(oid, MAX_NOTE_BYTES) };
      }),
    );
  }
}

function asRecorded(change: FileChange): RecordedChange {
  if ("delete" in change) return { path: change.path, content: null };
  const text = typeof change.content === "string" && isNoteText(change.content) ? change.content : null;
  return { path: change.path, content: text };
}
