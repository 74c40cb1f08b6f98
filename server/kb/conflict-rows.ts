import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import type { Author } from "./kb.ts";
import type { Room } from "./room.ts";
import type { ConflictSource } from "./schema.ts";

/** A file in two versions; a version that is null does not exist. `theirs` stands in the knowledge base meanwhile. */
export type ConflictFile = {
  path: string;
  base: string | null;
  ours: string | null;
  theirs: string | null;
  /** False where the versions are object ids, because the file is no text. */
  isText: boolean;
};

/** Thrown by a plan whose text and the newest one cannot be made one: the operation is parked, and a person decides. */
export class KbConflict extends Error {
  override readonly name = "KbConflict";
  readonly files: ConflictFile[];

  constructor(files: ConflictFile[]) {
    super(`Two versions of ${files.map((file) => file.path).join(", ")} cannot be made one.`);
    this.files = files;
  }
}

export type NewConflict = {
  source: ConflictSource;
  operationId?: string;
  subject: string;
  baseCommit: string | null;
  ourCommit?: string;
  theirCommit: string | null;
  /** The merge that keeps their version, where one is about to be committed. */
  mergeCommit?: string;
  ourAuthor: Author;
  theirAuthor: Author;
  files: readonly ConflictFile[];
};

/**
 * Parks a conflict. One that comes with a merge is written before the branch moves to that merge, so that a crash cannot lose it;
 * `settlePrepared` opens it, or forgets it when the merge never came to be.
 */
export async function parkConflict(tx: Tx, ctx: Ctx, room: Room, conflict: NewConflict): Promise<string> {
  const id = newId();
  const at = ctx.now();
  const { spaceId, kbId } = room;
  await tx.query(
    `insert into kb_conflicts (id, space_id, kb_id, operation_id, source, status, subject, base_commit, our_commit, their_commit,
                               merge_commit, our_author, their_author, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      id,
      spaceId,
      kbId,
      conflict.operationId ?? null,
      conflict.source,
      conflict.mergeCommit ? "preparing" : "open",
      conflict.subject,
      conflict.baseCommit,
      conflict.ourCommit ?? null,
      conflict.theirCommit,
      conflict.mergeCommit ?? null,
      conflict.ourAuthor,
      conflict.theirAuthor,
      at,
    ],
  );
  await tx.query(
    `insert into kb_conflict_files (id, conflict_id, path, base, ours, theirs, is_text)
     select * from jsonb_to_recordset($1::jsonb)
       as f (id uuid, conflict_id uuid, path text, base text, ours text, theirs text, is_text boolean)`,
    [
      JSON.stringify(
        conflict.files.map(({ path, base, ours, theirs, isText }) => ({
          id: newId(),
          conflict_id: id,
          ...{ path, base, ours, theirs, is_text: isText },
        })),
      ),
    ],
  );
  if (!conflict.mergeCommit) {
    emit(tx, { spaceId, type: "kb.conflicted", subjectId: kbId, payload: { conflictId: id }, actor: ctx.actor, at });
  }
  return id;
}

/** Closes the conflicts of operations that were written after all, or are not wanted any more. @returns how many those were */
export async function closeConflictsOf(tx: Tx, ctx: Ctx, operationIds: readonly string[]): Promise<number> {
  const closed = await tx.query(
    "update kb_conflicts set status = 'resolved', resolved_at = $2 where operation_id = any($1) and status = 'open' returning id",
    [operationIds, ctx.now()],
  );
  return closed.length;
}

/** Opens the conflicts whose merge is in the branch now, and forgets those whose merge is not. To be called under the lock. */
export async function settlePrepared(tx: Tx, ctx: Ctx, room: Room): Promise<void> {
  const prepared = await tx.query<{ id: string; mergeCommit: string }>(
    `select id, merge_commit as "mergeCommit" from kb_conflicts where kb_id = $1 and status = 'preparing'`,
    [room.kbId],
  );
  for (const { id, mergeCommit } of prepared) {
    if (await room.repository.contains(mergeCommit)) {
      await tx.query("update kb_conflicts set status = 'open' where id = $1", [id]);
      const about = { subjectId: room.kbId, payload: { conflictId: id }, actor: ctx.actor, at: ctx.now() };
      emit(tx, { spaceId: room.spaceId, type: "kb.conflicted", ...about });
    } else {
      await tx.query("delete from kb_conflicts where id = $1", [id]);
    }
  }
}
