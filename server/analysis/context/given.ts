import { knowledgeFor } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import type { Person } from "../extraction/people.ts";
import { type Example, examplesFor } from "../learning/examples.ts";
import type { ProjectContext } from "../schema.ts";
import { readContext } from "./context.ts";

/** A topic that is approved. */
export type KnownTopic = { id: string; name: string; aliases: string[]; description: string };
/** An approved fact, of those nearest to what is read. */
export type KnownAtom = {
  noteId: string;
  path: string;
  type: string;
  title: string;
  description: string;
  topic: string | null;
};

/** What a reading is given besides its messages. */
export type Given = {
  project: ProjectContext;
  topics: KnownTopic[];
  atoms: KnownAtom[];
  /** What reviewers taught, nearest to what is read first. */
  examples: Example[];
  /** Titles that earlier batches of the run proposed: what is found twice is seen as one. */
  earlier: string[];
  /** Everybody who ever wrote here, bots left out: who could be meant by a name. */
  contributors: Person[];
};

/** How much is looked for; the prompt takes of it what its parts have room for. */
const MOST_TOPICS = 60;
const MOST_ATOMS = 24;
/** A text is looked up in parts of this length, UTF-16 units, or in about so many. */
const PART_LENGTH = 500;
const MOST_PARTS = 8;
const MOST_EXAMPLES = 12;
/** More titles than these say nothing more to a model. */
const MOST_EARLIER = 120;
/** A team is smaller; a public group is not, and there names mean nothing. */
const MOST_CONTRIBUTORS = 500;

/**
 * What is known when a batch is read: what the team told, what it approved, what it decided, and what the run found so far.
 * @param input.beforePosition batches of the run before this one are done, and what they proposed counts
 * @param input.text all words of the batch, for what is nearest to them
 */
export async function whatIsKnown(
  ctx: Ctx,
  input: { spaceId: string; runId: string | null; beforePosition: number; text: string },
): Promise<Given> {
  const { spaceId, runId, beforePosition, text } = input;
  const [context, known, examples, earlier, contributors] = await Promise.all([
    readContext(ctx, { spaceId }),
    knowledgeFor(ctx, { spaceId, parts: partsOf(text), topics: MOST_TOPICS, atoms: MOST_ATOMS }),
    examplesFor(ctx, { spaceId, text, limit: MOST_EXAMPLES }),
    runId === null ? [] : titlesBefore(ctx, { spaceId, runId, beforePosition }),
    contributorsOf(ctx, spaceId),
  ]);
  return { project: context.content, ...known, examples, earlier, contributors };
}

/** The lines of a text put together to parts of about one length: no two neighbours would fit into one, so they are few. */
function partsOf(text: string): string[] {
  const most = Math.max(PART_LENGTH, Math.ceil(text.length / MOST_PARTS));
  const parts: string[] = [];
  for (const line of text.split("\n")) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + line.length < most) parts[parts.length - 1] = `${last}\n${line}`;
    else parts.push(line);
  }
  return parts;
}

async function titlesBefore(
  ctx: Ctx,
  { spaceId, runId, beforePosition }: { spaceId: string; runId: string; beforePosition: number },
): Promise<string[]> {
  const { rows } = await ctx.db.pool.query<{ title: string }>(
    `select p.title from proposals p join batches b on b.id = p.batch_id
      where p.space_id = $1 and b.run_id = $2 and b.position < $3
      order by b.position desc, p.created_at desc, p.id limit ${MOST_EARLIER}`,
    [spaceId, runId, beforePosition],
  );
  return [...new Set(rows.map(({ title }) => title))];
}

/** Everybody who ever wrote here, bots left out, the newest first. */
export async function contributorsOf(ctx: Ctx, spaceId: string): Promise<Array<Person & { contributorId: string }>> {
  const { rows } = await ctx.db.pool.query<Person & { contributorId: string }>(
    `select id as "contributorId", display_name as name, username from contributors
      where space_id = $1 and not is_bot order by id desc limit ${MOST_CONTRIBUTORS}`,
    [spaceId],
  );
  return rows;
}
