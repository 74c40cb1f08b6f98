import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { RecordedChange } from "#server/kb/index.ts";
import type { Actor } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { prepareSearch } from "./jobs.ts";
import { isListing } from "./listings.ts";
import { parseNote } from "./note.ts";
import { noteWords } from "./search/words-of-note.ts";
import { indexTopics, type Seen } from "./topics/index-topics.ts";

/** Postgres refuses to index more of one text; whoever writes a book finds it by its beginning. */
const MAX_INDEXED_CHARACTERS = 200_000;
/** As long as a path of ours may be; Postgres has no index for much longer ones. */
const MAX_PATH_BYTES = 1_000;
/** Whoever takes in more notes at once is told that there are many, not of each. */
const MAX_ANNOUNCED = 100;

const PREPARE_AFTER_MS = 1_000;

type Given = {
  spaceId: string;
  kbId: string;
  changes: readonly RecordedChange[];
  commitHash: string;
  committedAt: Date;
  /** The proposal that new notes come from. */
  proposalId: string | null;
  actor: Actor;
};
type Row = { id: string; path: string };
type Written = Row & { isNew: boolean };

/**
 * Brings the rows of notes to what a commit made of their files, and announces them. A note keeps its id for as long as it has its
 * path, and when the same text turns up under another one.
 */
export async function indexNotes(tx: Tx, given: Given): Promise<void> {
  const changes = given.changes.filter(({ path }) => !isListing(path));
  const isNote = ({ path, content }: RecordedChange) =>
    path.endsWith(".md") && content !== null && Buffer.byteLength(path) <= MAX_PATH_BYTES;
  const rows = changes.filter(isNote).map((change) => rowOf(change.path, change.content ?? ""));
  const gone = changes.filter((change) => !isNote(change)).map((change) => change.path);
  const moved = rows.length > 0 && gone.length > 0 ? await follow(tx, given.kbId, gone, rows) : [];
  const written = rows.length > 0 ? await upsert(tx, given, rows) : [];
  const removed =
    gone.length > 0
      ? await tx.query<Row>("delete from notes where kb_id = $1 and path = any($2) returning id, path", [
          given.kbId,
          gone,
        ])
      : [];
  const byPath = new Map(rows.map((row) => [row.path, row]));
  const topics = await indexTopics(tx, given, {
    written: written.flatMap(({ id, path, isNew }) => {
      const row = byPath.get(path);
      return row ? [{ noteId: id, path, isNew, type: row.type, slug: row.topic_slug, links: row.links }] : [];
    }),
    moved: moved.map((note) => note.id),
    gone,
  });
  if (written.length > 0) prepareSoon(tx, given);
  announce(tx, given, { written, removed, ...topics });
}

/**
 * Its parts are made in the background, so that the next question does not wait for them: a moment later, once for all commits until then.
 * Whoever asks before makes those few.
 */
function prepareSoon(tx: Tx, { spaceId, committedAt }: Given): void {
  const runAt = new Date(committedAt.getTime() + PREPARE_AFTER_MS);
  tx.beforeCommit(`${prepareSearch.name}:${spaceId}`, () =>
    enqueue(tx, prepareSearch, { spaceId }, { runAt, keepsTime: true }),
  );
}

type NoteRow = ReturnType<typeof rowOf>;

function rowOf(path: string, content: string) {
  const note = parseNote(storableText(content));
  return {
    id: newId(),
    path,
    type: note.type,
    title: note.title,
    description: note.description,
    tags: note.tags,
    topic: note.topic ?? slugOf(path)?.replaceAll("-", " ") ?? null,
    topic_slug: slugOf(path),
    body: note.body.slice(0, MAX_INDEXED_CHARACTERS),
    front_matter: note.frontMatter,
    status: note.status,
    stale_after: note.staleAfter,
    is_verified: isSaid(note.frontMatter.verified),
    authors: [...new Set(note.sources.flatMap((source) => source.author ?? []))].toSorted(),
    links: note.links,
  };
}

/** Notes that were moved: the row of the path that is gone gets the path where its text stands now. */
async function follow(tx: Tx, kbId: string, gone: readonly string[], rows: readonly NoteRow[]): Promise<Row[]> {
  return tx.query<Row>(
    `with moved as (
       select distinct on (n.id) n.id, r.path
         from jsonb_to_recordset($3::jsonb) as r (path text, body text)
         join notes n on n.kb_id = $1 and n.path = any($2) and n.body = r.body and n.body <> ''
        where not exists (select from notes o where o.kb_id = $1 and o.path = r.path)
        order by n.id, r.path
     ), once as (
       select distinct on (path) id, path from moved order by path, id
     )
     update notes n set path = once.path from once where n.id = once.id returning n.id, n.path`,
    [
      kbId,
      gone,
      JSON.stringify(
        rows.map(({ path, body }) => ({ path, body })),
        storable,
      ),
    ],
  );
}

async function upsert(tx: Tx, given: Given, rows: readonly NoteRow[]): Promise<Written[]> {
  return tx.query<Written>(
    `insert into notes (id, space_id, kb_id, path, type, title, description, tags, topic, topic_slug, body, front_matter,
                        status, stale_after, is_verified, authors, words, commit_hash, committed_at, proposal_id, created_at, updated_at)
     select r.id, $2, $3, r.path, r.type, r.title, r.description, coalesce(r.tags, '{}'), r.topic, r.topic_slug, r.body, r.front_matter,
            r.status, r.stale_after, r.is_verified, coalesce(r.authors, '{}'), ${noteWords("r")}, $4, $5, $6, $5, $5
       from jsonb_to_recordset($1::jsonb) as r (id uuid, path text, type text, title text, description text, tags text[], topic text,
                                                topic_slug text, body text, front_matter jsonb, status text, stale_after date,
                                                is_verified boolean, authors text[])
     on conflict (kb_id, path) do update
        set type = excluded.type, title = excluded.title, description = excluded.description, tags = excluded.tags,
            topic = excluded.topic, topic_slug = excluded.topic_slug, body = excluded.body, front_matter = excluded.front_matter,
            status = excluded.status, stale_after = excluded.stale_after, is_verified = excluded.is_verified,
            authors = excluded.authors, words = excluded.words,
            commit_hash = excluded.commit_hash, committed_at = excluded.committed_at,
            proposal_id = coalesce(excluded.proposal_id, notes.proposal_id), updated_at = excluded.updated_at
     returning id, path, xmax = 0 as "isNew"`,
    [JSON.stringify(rows, storable), given.spaceId, given.kbId, given.commitHash, given.committedAt, given.proposalId],
  );
}

type News = { written: readonly Row[]; removed: readonly Row[]; topics: readonly Seen[]; atoms: readonly Seen[] };

function announce(tx: Tx, given: Given, { written, removed, topics, atoms }: News): void {
  const { spaceId, kbId, commitHash, actor, committedAt: at } = given;
  const about = { spaceId, payload: { commitHash }, actor, at };
  if (written.length + removed.length > MAX_ANNOUNCED) {
    emit(tx, { ...about, type: "kb.synced", subjectId: kbId });
    return;
  }
  for (const { id } of written) emit(tx, { ...about, type: "note.committed", subjectId: id });
  for (const { id } of removed) emit(tx, { ...about, type: "note.reverted", subjectId: id });
  for (const { id, isNew } of topics)
    emit(tx, { ...about, type: isNew ? "topic.created" : "topic.updated", subjectId: id });
  for (const { id, isNew } of atoms)
    emit(tx, { ...about, type: isNew ? "atom.created" : "atom.updated", subjectId: id });
}

/** Whether a key says anything: nobody approved what has `verified: []`. */
function isSaid(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length > 0
    : value !== undefined && value !== null && value !== "" && value !== false;
}

/** The folder of its topic. */
function slugOf(path: string): string | null {
  return /^topics\/([^/]+)\//.exec(path)?.[1] ?? null;
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
