import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { chunkBody } from "./chunk-text.ts";
import { prepareSearch } from "./jobs.ts";

/**
 * What the index notes_unchunked_idx holds. The second condition says the same once more: of the first one Postgres believes that nearly
 * all notes meet it, and would read them all.
 */
const IS_STALE = `chunked_commit is distinct from commit_hash and (chunked_commit is distinct from commit_hash)::int = 1`;
/** So many notes are read and written at once; a space with more takes several rounds. */
const NOTES_AT_ONCE = 100;
/** So many, the newest, while somebody waits for an answer: that is a moment. */
const NOTES_IN_PASSING = 100;

/**
 * Makes the parts of the notes that changed last, and leaves the others, if there are more, to the background: whoever asks never waits long.
 * With nothing to do it is one look into a small index.
 */
export async function bringChunksUpToDate(ctx: Ctx, { spaceId }: { spaceId: string }): Promise<void> {
  const { rows } = await ctx.db.pool.query<{ isStale: boolean }>(
    `select exists (select from notes where space_id = $1 and ${IS_STALE}) as "isStale"`,
    [spaceId],
  );
  if (!rows[0]?.isStale) return;
  await transaction(ctx.db, async (tx) => {
    // Those that the background is at are waited for: it takes a few at a time.
    const made = await makeChunks(tx, spaceId, `order by committed_at desc, id limit ${NOTES_IN_PASSING} for update`);
    if (made === NOTES_IN_PASSING) await enqueue(tx, prepareSearch, { spaceId }, { keepsTime: true });
  });
}

/** Makes the parts of all notes that have changed since theirs were made. Several processes may do it at once: each takes notes that no other one has taken. */
export async function makeAllChunks(
  ctx: Ctx,
  { spaceId, signal }: { spaceId: string; signal: AbortSignal },
): Promise<void> {
  const round = () =>
    transaction(ctx.db, (tx) => makeChunks(tx, spaceId, `limit ${NOTES_AT_ONCE} for update skip locked`));
  while ((await round()) === NOTES_AT_ONCE) signal.throwIfAborted();
}

/**
 * @param which SQL for those that are taken of all that have changed
 * @returns how many notes it took
 */
async function makeChunks(tx: Tx, spaceId: string, which: string): Promise<number> {
  const notes = await tx.query<{ id: string; title: string; description: string; body: string; commitHash: string }>(
    `select id, title, description, body, commit_hash as "commitHash" from notes
      where space_id = $1 and ${IS_STALE} ${which}`,
    [spaceId],
  );
  if (notes.length === 0) return 0;
  const chunks = notes.flatMap(({ id: noteId, title, description, body }) => {
    const parts = chunkBody(body);
    // A note that is nothing but its title is an answer, too.
    const found = parts.length > 0 ? parts : [{ headings: [], line: 1, text: description || title }];
    return found.map((part, position) => ({ id: newId(), note_id: noteId, position, ...part }));
  });
  await tx.query("delete from note_chunks where note_id = any($1)", [notes.map((note) => note.id)]);
  await tx.query(
    `insert into note_chunks (id, space_id, note_id, position, headings, line, text)
     select r.id, $2, r.note_id, r.position, coalesce(r.headings, '{}'), r.line, r.text
       from jsonb_to_recordset($1::jsonb) as r (id uuid, note_id uuid, position int, headings text[], line int, text text)`,
    [JSON.stringify(chunks), spaceId],
  );
  await tx.query("update notes set chunked_commit = commit_hash where id = any($1)", [notes.map((note) => note.id)]);
  return notes.length;
}
