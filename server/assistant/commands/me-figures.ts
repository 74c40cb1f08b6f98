import type { Tx } from "#server/lib/db.ts";

/** How much is kept of a person. */
export type Figures = { messages: number; files: number; notes: number; requests: number; memories: number };

/** A note that quotes someone. */
export type QuotingNote = { id: string; title: string };

type Whose = { spaceId: string; contributorId: string };

/** Counts what is kept, from the rows. */
export async function figuresOf(tx: Pick<Tx, "query">, { spaceId, contributorId }: Whose): Promise<Figures> {
  const [row] = await tx.query<Figures>(
    `select (select count(*) from messages where space_id = $1 and contributor_id = $2)::int as messages,
            (select count(*) from attachments a join messages m on m.id = a.message_id
              where m.space_id = $1 and m.contributor_id = $2)::int as files,
            (select count(*) from (${QUOTING}) as quoting)::int as notes,
            (select count(*) from requests where space_id = $1 and contributor_id = $2)::int as requests,
            (select count(*) from memories where space_id = $1 and contributor_id = $2)::int as memories`,
    [spaceId, contributorId],
  );
  if (!row) throw new Error("A statement that counts rows gave none.");
  return row;
}

/** Notes that name a message of the person as a source, by title. */
export async function notesQuoting(tx: Pick<Tx, "query">, { spaceId, contributorId }: Whose): Promise<QuotingNote[]> {
  return tx.query<QuotingNote>(`${QUOTING} order by n.title, n.id`, [spaceId, contributorId]);
}

/** The front matter of a note names the messages that it rests on; whoever edits it by hand may put anything there. */
const QUOTING = `
  select n.id, n.title from notes n
   where n.space_id = $1 and exists (
     select from jsonb_path_query(n.front_matter, 'lax $.sources[*].message') as source (message)
      where source.message #>> '{}' in (select m.id::text from messages m where m.space_id = $1 and m.contributor_id = $2))`;
