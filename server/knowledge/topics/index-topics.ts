import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { ATOM_TYPES, type Relation } from "../schema.ts";

/** A row of a topic or an atom that a commit made or changed. */
export type Seen = { id: string; isNew: boolean };
type Space = { spaceId: string; kbId: string; committedAt: Date };
type WrittenNote = {
  noteId: string;
  path: string;
  isNew: boolean;
  type: string;
  /** The folder of its topic. */
  slug: string | null;
  links: ReadonlyArray<{ relation: Relation; to: string }>;
};
type Atom = Seen & { noteId: string };

const ATOMS: ReadonlySet<string> = new Set(ATOM_TYPES);

/**
 * Brings topics, atoms and their links to what the notes of a commit say, after their rows were written: the files are the truth. A topic is
 * a folder under topics/ with a note in it; its own note, or else the first of its notes, names it. To be called in the transaction that writes
 * the rows of the notes; with nothing of it touched it asks the database nothing.
 */
export async function indexTopics(
  tx: Tx,
  space: Space,
  { written, moved, gone }: { written: readonly WrittenNote[]; moved: readonly string[]; gone: readonly string[] },
): Promise<{ topics: Seen[]; atoms: Seen[] }> {
  const slugs = [...new Set([...written.flatMap((note) => note.slug ?? []), ...gone.flatMap(slugOf)])];
  // Its own note may have become that of another topic, and belongs to one only.
  if (moved.length > 0) await tx.query("update topics set note_id = null where note_id = any($1)", [moved]);
  if (gone.length > 0 && slugs.length > 0) await dropEmpty(tx, space, slugs);
  const topics = slugs.length > 0 ? await writeTopics(tx, space, slugs) : [];
  // A note that was there may have been an atom until now.
  const mayMatter = written.filter((note) => ATOMS.has(note.type) || !note.isNew);
  const atoms = mayMatter.length > 0 ? await writeAtoms(tx, space, mayMatter) : [];
  await writeLinks(tx, space, atoms, written);
  const paths = [...(atoms.length > 0 ? written.map((note) => note.path) : []), ...gone];
  if (paths.length > 0) await resolveLinks(tx, space, paths);
  return { topics, atoms };
}

async function dropEmpty(tx: Tx, { spaceId, kbId }: Space, slugs: readonly string[]): Promise<void> {
  await tx.query(
    `delete from topics t where t.space_id = $1 and t.slug = any($3)
        and not exists (select from notes n where n.kb_id = $2 and n.topic_slug = t.slug)`,
    [spaceId, kbId, slugs],
  );
}

/** @returns those that are new or not as they were */
async function writeTopics(tx: Tx, { spaceId, kbId, committedAt }: Space, slugs: readonly string[]): Promise<Seen[]> {
  return tx.query<Seen>(
    `insert into topics (id, space_id, slug, name, aliases, description, note_id, created_at, updated_at)
     select g.id, $2, g.slug, left(coalesce(own.title, first.topic, replace(g.slug, '-', ' ')), 300), coalesce(own.aliases, '{}'),
            coalesce(own.description, ''), own.id, $4, $4
       from unnest($1::uuid[], $5::text[]) as g (id, slug)
       join lateral (select n.topic from notes n where n.kb_id = $3 and n.topic_slug = g.slug order by n.path limit 1) first on true
       left join lateral (
         select n.id, n.title, n.description,
                array(select left(alias, 300) from jsonb_array_elements_text(
                  case jsonb_typeof(n.front_matter -> 'aliases') when 'array' then n.front_matter -> 'aliases' else '[]' end) alias
                  where alias <> '') as aliases
           from notes n where n.kb_id = $3 and n.topic_slug = g.slug and n.type = 'Topic' order by n.path limit 1) own on true
      order by g.slug
     on conflict (space_id, slug) do update
        set name = excluded.name, aliases = excluded.aliases, description = excluded.description, note_id = excluded.note_id,
            updated_at = excluded.updated_at
      where (topics.name, topics.aliases, topics.description, topics.note_id)
            is distinct from (excluded.name, excluded.aliases, excluded.description, excluded.note_id)
     returning id, xmax = 0 as "isNew"`,
    [slugs.map(() => newId()), spaceId, kbId, committedAt, slugs],
  );
}

async function writeAtoms(tx: Tx, { spaceId, committedAt }: Space, notes: readonly WrittenNote[]): Promise<Atom[]> {
  const rows = notes.map(({ noteId, type, slug }) => ({ id: newId(), note_id: noteId, type, slug }));
  return tx.query<Atom>(
    `with given as (
       select * from jsonb_to_recordset($1::jsonb) as r (id uuid, note_id uuid, type text, slug text)
     ), no_more as (
       delete from atoms a using given g where a.note_id = g.note_id and g.type <> all($4)
     )
     insert into atoms (id, space_id, note_id, topic_id, type, created_at, updated_at)
     select g.id, $2, g.note_id, t.id, g.type, $3, $3
       from given g left join topics t on t.space_id = $2 and t.slug = g.slug where g.type = any($4)
     on conflict (note_id) do update
        set type = excluded.type, topic_id = excluded.topic_id, updated_at = excluded.updated_at
     returning id, note_id as "noteId", xmax = 0 as "isNew"`,
    [JSON.stringify(rows), spaceId, committedAt, ATOM_TYPES],
  );
}

/** What the atoms say of others, as their files say it now. */
async function writeLinks(
  tx: Tx,
  { spaceId, kbId }: Space,
  atoms: readonly Atom[],
  notes: readonly WrittenNote[],
): Promise<void> {
  const linksOf = new Map(notes.map((note) => [note.noteId, note.links]));
  const rows = atoms.flatMap((atom) =>
    (linksOf.get(atom.noteId) ?? []).map(({ relation, to }) => ({
      id: newId(),
      from_id: atom.id,
      relation,
      to_path: to,
    })),
  );
  const old = atoms.filter((atom) => !atom.isNew).map((atom) => atom.id);
  if (rows.length === 0 && old.length === 0) return;
  await tx.query(
    `with wanted as (
       select distinct on (from_id, relation, to_path) *
         from jsonb_to_recordset($1::jsonb) as r (id uuid, from_id uuid, relation text, to_path text)
        where octet_length(to_path) <= 1000
     ), no_more as (
       delete from atom_links l where l.from_id = any($4)
          and not exists (select from wanted w where (w.from_id, w.relation, w.to_path) = (l.from_id, l.relation, l.to_path))
     )
     insert into atom_links (id, space_id, from_id, relation, to_path, to_id)
     select w.id, $2, w.from_id, w.relation, w.to_path, a.id
       from wanted w left join notes n on n.kb_id = $3 and n.path = w.to_path left join atoms a on a.note_id = n.id
     on conflict (from_id, relation, to_path) do nothing`,
    [JSON.stringify(rows), spaceId, kbId, old],
  );
}

/** Links lead to whatever atom stands at their path now. */
async function resolveLinks(tx: Tx, { spaceId, kbId }: Space, paths: readonly string[]): Promise<void> {
  await tx.query(
    `update atom_links l set to_id = f.atom_id
       from (select l.id, a.id as atom_id
               from atom_links l left join notes n on n.kb_id = $2 and n.path = l.to_path left join atoms a on a.note_id = n.id
              where l.space_id = $1 and l.to_path = any($3)) f
      where f.id = l.id and l.to_id is distinct from f.atom_id`,
    [spaceId, kbId, paths],
  );
}

function slugOf(path: string): string[] {
  const slug = /^topics\/([^/]+)\//.exec(path)?.[1];
  return slug === undefined ? [] : [slug];
}
