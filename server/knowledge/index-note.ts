import { emit } from "#server/events/index.ts";
import type { Actor } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { parseNote } from "./note.ts";

/** Postgres refuses to index more of one text; whoever writes a book finds it by its beginning. */
const MAX_INDEXED_CHARACTERS = 200_000;

/** Brings the row of a note to what was committed, and announces it. @returns the note's id, the same for the same path */
export async function indexNote(
  tx: Tx,
  given: {
    spaceId: string;
    kbId: string;
    path: string;
    /** The whole file. */
    content: string;
    commitHash: string;
    committedAt: Date;
    proposalId?: string | null;
    actor: Actor;
  },
): Promise<{ noteId: string }> {
  const { spaceId, kbId, path, content, commitHash, committedAt, proposalId = null, actor } = given;
  const note = parseNote(storableText(content));
  const [row] = await tx.query<{ id: string }>(
    `insert into notes (id, space_id, kb_id, path, type, title, description, tags, topic, body, front_matter,
                        commit_hash, committed_at, proposal_id, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $13, $13)
     on conflict (kb_id, path) do update
        set type = excluded.type, title = excluded.title, description = excluded.description, tags = excluded.tags,
            topic = excluded.topic, body = excluded.body, front_matter = excluded.front_matter,
            commit_hash = excluded.commit_hash, committed_at = excluded.committed_at,
            proposal_id = coalesce(excluded.proposal_id, notes.proposal_id), updated_at = excluded.updated_at
     returning id`,
    [
      newId(),
      spaceId,
      kbId,
      path,
      note.type,
      note.title,
      note.description,
      note.tags,
      note.topic ?? topicOf(path),
      note.body.slice(0, MAX_INDEXED_CHARACTERS),
      JSON.stringify(note.frontMatter, storable),
      commitHash,
      committedAt,
      proposalId,
    ],
  );
  if (!row) throw new Error("An upsert returned no row.");
  emit(tx, { spaceId, type: "note.committed", subjectId: row.id, payload: { commitHash }, actor, at: committedAt });
  return { noteId: row.id };
}

/** Takes a removed note out of the index, and announces it. @returns null where it was not in it */
export async function unindexNote(
  tx: Tx,
  given: { spaceId: string; kbId: string; path: string; commitHash: string; actor: Actor; at: Date },
): Promise<{ noteId: string } | null> {
  const { spaceId, kbId, path, commitHash, actor, at } = given;
  const [row] = await tx.query<{ id: string }>("delete from notes where kb_id = $1 and path = $2 returning id", [
    kbId,
    path,
  ]);
  if (!row) return null;
  emit(tx, { spaceId, type: "note.reverted", subjectId: row.id, payload: { commitHash }, actor, at });
  return { noteId: row.id };
}

/** The folder's name, for a note that does not say its topic. */
function topicOf(path: string): string | null {
  return /^topics\/([^/]+)\//.exec(path)?.[1]?.replaceAll("-", " ") ?? null;
}

/** Postgres has no place for the character 0 and for half characters in a text. */
function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "");
}

/** The same for everything in a JSON value, names too. */
function storable(_key: string, value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storableText(key), each]));
}
