import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";

import { prepareSearch } from "./jobs.ts";
import { indexVectors, nearestRows, type Vectors } from "./search/vectors.ts";

/** A model that says what texts mean. */
export type Embedder = {
  /** Vectors of one model are compared with each other alone. */
  model: string;
  /** One vector of length 1 for each text; null where there is no such model right now. */
  embed: (texts: string[], signal: AbortSignal) => Promise<Float32Array[] | null>;
};

type KnownVectors = {
  /** How many there were and the newest, as the database says it. */
  stamp: string;
  ids: string[];
  vectors: Vectors;
};

/** So many parts get their vectors while somebody waits for an answer; the others get them in the background. */
const PARTS_AT_ONCE = 256;
/** Below this many parts of a space, their mean says little about what is unlike the question. */
const FEWEST_FOR_MEAN = 8;
/** Where the way from the mean to the same meaning begins to say something, and where it says that the answer is there. */
const [UNLIKE, ALIKE] = [0.2, 0.65];

/** Of each process: vectors of the spaces that were asked last. */
const cache = new Map<string, KnownVectors>();
const MOST_SPACES = 8;

/** The parts of a space's notes that mean most nearly what a question means, best first, `score` from 0 to 1. None where no model says. */
export async function findByMeaning(
  embedder: Embedder,
  ctx: Ctx,
  given: { spaceId: string; question: string; limit: number; signal: AbortSignal },
): Promise<Array<{ chunkId: string; score: number }>> {
  const { spaceId, question, limit, signal } = given;
  try {
    const asked = (await embedder.embed([question], signal))?.[0];
    if (!asked) return [];
    if ((await embedMissing(embedder, ctx, { spaceId, signal })) === "more") {
      await transaction(ctx.db, (tx) => enqueue(tx, prepareSearch, { spaceId }, { keepsTime: true }));
    }
    return nearest(await vectorsOf(ctx, spaceId, embedder.model, asked.length), asked, limit);
  } catch (error) {
    signal.throwIfAborted();
    // Words find an answer without it.
    ctx.log.warn({ spaceId, error }, "no search by meaning");
    return [];
  }
}

/**
 * Gives some of the parts without a vector of this model theirs, the newest first.
 * @returns whether there are more, or `absent` where there is no model
 */
export async function embedMissing(
  { model, embed }: Embedder,
  ctx: Ctx,
  { spaceId, signal }: { spaceId: string; signal: AbortSignal },
): Promise<"done" | "more" | "absent"> {
  const { rows } = await ctx.db.pool.query<{ id: string; text: string }>(
    `select c.id, concat_ws(E'\\n', n.title, array_to_string(c.headings, ' › '), c.text) as text
       from note_chunks c join notes n on n.id = c.note_id
      where c.space_id = $1 and (c.model is null or c.model <> $2) order by c.id desc limit ${PARTS_AT_ONCE + 1}`,
    [spaceId, model],
  );
  const missing = rows.slice(0, PARTS_AT_ONCE);
  if (missing.length === 0) return "done";
  const vectors = await embed(
    missing.map((row) => row.text),
    signal,
  );
  if (!vectors) return "absent";
  await ctx.db.pool.query(
    `update note_chunks c set model = $2, embedding = r.embedding
       from unnest($1::uuid[], $3::bytea[]) as r (id, embedding) where c.id = r.id`,
    [missing.map((row) => row.id), model, vectors.map(toBytes)],
  );
  return rows.length > PARTS_AT_ONCE ? "more" : "done";
}

/** The vectors of a space, read where they changed. One that is gone is found for no longer than until the next change. */
async function vectorsOf(ctx: Ctx, spaceId: string, model: string, dimensions: number): Promise<KnownVectors> {
  const of = [spaceId, model];
  const { rows } = await ctx.db.pool.query<{ stamp: string }>(
    `select count(*) || ' ' || coalesce(max(id::text), '') as stamp from note_chunks where space_id = $1 and model = $2`,
    of,
  );
  const stamp = rows[0]?.stamp ?? "";
  const key = `${spaceId} ${model}`;
  const known = cache.get(key);
  const isComparable = known?.vectors.dimensions === dimensions;
  if (known?.stamp === stamp && isComparable) return known;
  const all = await ctx.db.pool.query<{ id: string; embedding: Buffer }>(
    `select id, embedding from note_chunks
      where space_id = $1 and model = $2 and length(embedding) = $3 and id <> all($4::uuid[])`,
    [...of, dimensions * 4, isComparable ? known.ids : []],
  );
  const present = new Set(
    (
      await ctx.db.pool.query<{ id: string }>("select id from note_chunks where space_id = $1 and model = $2", of)
    ).rows.map((row) => row.id),
  );
  const vectors = joined(isComparable ? known : null, present, all.rows, { stamp, dimensions });
  cache.delete(key);
  cache.set(key, vectors);
  for (const oldest of [...cache.keys()].slice(0, Math.max(0, cache.size - MOST_SPACES))) cache.delete(oldest);
  return vectors;
}

function joined(
  known: KnownVectors | null,
  present: ReadonlySet<string>,
  fresh: ReadonlyArray<{ id: string; embedding: Buffer }>,
  { stamp, dimensions }: { stamp: string; dimensions: number },
): KnownVectors {
  const kept = (known?.ids ?? []).flatMap((id, index) => (present.has(id) ? [{ id, index }] : []));
  const values = new Float32Array((kept.length + fresh.length) * dimensions);
  for (const [row, { index }] of kept.entries()) {
    const start = index * dimensions;
    if (known) values.set(known.vectors.values.subarray(start, start + dimensions), row * dimensions);
  }
  for (const [row, { embedding }] of fresh.entries()) {
    values.set(fromBytes(embedding), (kept.length + row) * dimensions);
  }
  return { stamp, ids: [...kept, ...fresh].map((each) => each.id), vectors: indexVectors(values, dimensions) };
}

function nearest(
  { ids, vectors }: KnownVectors,
  asked: Float32Array,
  limit: number,
): Array<{ chunkId: string; score: number }> {
  // Models differ in how alike they call two texts that have nothing in common; the mean of all says it for each of them.
  const common = vectors.mean.reduce((sum, value, each) => sum + value * asked[each]!, 0);
  const mean = ids.length < FEWEST_FOR_MEAN ? 0.2 : common;
  return nearestRows(vectors, asked, limit)
    .map(({ row, likeness }) => {
      const way = (likeness - mean) / Math.max(1 - mean, 0.01);
      return { chunkId: ids[row]!, score: Math.min(1, Math.max(0, (way - UNLIKE) / (ALIKE - UNLIKE))) };
    })
    .filter((found) => found.score > 0);
}

function toBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, number] of vector.entries()) bytes.writeFloatLE(number, index * 4);
  return bytes;
}

function fromBytes(bytes: Buffer): Float32Array {
  const vector = new Float32Array(bytes.length / 4);
  for (let index = 0; index < vector.length; index += 1) vector[index] = bytes.readFloatLE(index * 4);
  return vector;
}
