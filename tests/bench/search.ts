// What a search costs as the page does it (all words in their forms, ranked, with snippets, filters, counts and help for slips), beside the plain
// ranked query of the same words; and what choosing by bits saves of comparing all vectors.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { searchNotes } from "#server/knowledge/search/search-notes.ts";
import { indexVectors, nearestRows } from "#server/knowledge/search/vectors.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { closeDb, openDb } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";
import { startPostgres } from "#server/start/postgres.ts";

import { migrate } from "../../prisma/migrate.ts";
import { type BenchRow, percentile, median, row, rounded, ROUNDS } from "./rounds.ts";
import { fillSpace, isWordToFind, NOTES, randomNumbers, wordToFind } from "./search-notes.ts";

const QUERIES = 200;
const DIMENSIONS = 384;
const CLUSTERS = 400;
const VECTOR_QUERIES = 100;
const NEAREST = 20;

export async function bench(): Promise<BenchRow[]> {
  return [...(await benchText()), ...benchVectors()];
}

type Query = { text: string; filters?: { types: string[] } };
type TextFigures = { pageMs: number; plainMs: number };

async function benchText(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "winnow-bench-search-"));
  const postgres = await startPostgres({ dir: join(dir, "postgres"), database: "winnow" });
  const db = openDb(postgres.url, { max: 4 });
  try {
    await migrate(postgres.url);
    const ctx: Ctx = {
      db,
      log: createLog({ level: "silent" }),
      now: () => new Date(),
      actor: { type: "system", name: "bench" },
    };
    const spaceId = await fillSpace(ctx);
    await measure(ctx, spaceId, (await queriesOf(ctx, spaceId, 1)).slice(0, 60));
    const figures: TextFigures[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      figures.push(await measure(ctx, spaceId, await queriesOf(ctx, spaceId, round + 2)));
    }
    return [
      row(
        "search.text_vs_plain",
        figures.map(({ pageMs, plainMs }) => pageMs / plainMs),
        {
          "page.p95.ms": rounded(median(figures.map((each) => each.pageMs))),
          "plain.p95.ms": rounded(median(figures.map((each) => each.plainMs))),
          notes: NOTES,
        },
      ),
    ];
  } finally {
    await closeDb(db);
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Two or three words of a note that is there, as people type them who look for it; every tenth has a slip in it, every twentieth a word of
 * another note, every fifth a filter.
 */
async function queriesOf(ctx: Ctx, spaceId: string, seed: number): Promise<Query[]> {
  const random = randomNumbers(seed);
  const { rows } = await ctx.db.pool.query<{ body: string }>(
    "select body from notes where space_id = $1 order by md5(path || $2) limit $3",
    [spaceId, String(seed), QUERIES],
  );
  return rows.map(({ body }, index) => {
    const known = body.split(/\s+/).filter((word) => isWordToFind(word));
    const words = Array.from({ length: index % 3 === 0 ? 3 : 2 }, () => known[Math.floor(random() * known.length)]!);
    if (index % 20 === 7) words[1] = wordToFind(random);
    if (index % 10 === 9) words[0] = `${words[0]!.slice(0, 3)}x${words[0]!.slice(3)}`;
    return { text: words.join(" "), ...(index % 5 === 0 ? { filters: { types: ["Decision"] } } : {}) };
  });
}

/** Both sides in turn, query by query. */
async function measure(ctx: Ctx, spaceId: string, queries: readonly Query[]): Promise<TextFigures> {
  const [page, plain]: [number[], number[]] = [[], []];
  for (const { text, filters } of queries) {
    plain.push(await timed(() => plainQuery(ctx, spaceId, text)));
    page.push(await timed(() => searchNotes({}, ctx, { spaceId, query: text, filters })));
  }
  return { pageMs: percentile(page, 95), plainMs: percentile(plain, 95) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** The ids of the best notes with all of the words: no more than that. */
function plainQuery({ db }: Ctx, spaceId: string, text: string) {
  return db.pool.query(
    `select id, title from notes, plainto_tsquery('russian', $2) as query
      where space_id = $1 and words @@ query order by ts_rank(words, query) desc limit 20`,
    [spaceId, text],
  );
}

/** Clustered, as vectors of texts are: what a team talks about has topics. */
function benchVectors(): BenchRow[] {
  const random = randomNumbers(11);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const common = vector(() => gauss());
  const centres = Array.from({ length: CLUSTERS }, () => vector((each) => gauss() + common[each]!));
  const near = (centre: Float32Array, spread: number) => unit(vector((each) => centre[each]! + spread * gauss()));
  const values = new Float32Array(NOTES * DIMENSIONS);
  for (let at = 0; at < NOTES; at += 1) values.set(near(centres[at % CLUSTERS]!, 1), at * DIMENSIONS);
  const index = indexVectors(values, DIMENSIONS);

  const ratios: number[] = [];
  const recalls: number[] = [];
  const times: Array<{ byBits: number; exact: number }> = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [byBits, exact]: [number[], number[]] = [[], []];
    let found = 0;
    for (let query = 0; query < VECTOR_QUERIES; query += 1) {
      const asked = near(centres[Math.floor(random() * CLUSTERS)]!, 1);
      let startedMs = performance.now();
      const all = exactScan(values, asked);
      exact.push(performance.now() - startedMs);
      startedMs = performance.now();
      const chosen = nearestRows(index, asked, NEAREST);
      byBits.push(performance.now() - startedMs);
      found += chosen.filter((each) => all.includes(each.row)).length;
    }
    // The first round warms up.
    if (round === 0) continue;
    const [own, floor] = [percentile(byBits, 95), percentile(exact, 95)];
    ratios.push(own / floor);
    recalls.push(found / (VECTOR_QUERIES * NEAREST));
    times.push({ byBits: own, exact: floor });
  }
  return [
    row("search.semantic_vs_exact", ratios, {
      "winnow.p95.ms": rounded(median(times.map((each) => each.byBits))),
      "exact.p95.ms": rounded(median(times.map((each) => each.exact))),
      ...{ vectors: NOTES, dimensions: DIMENSIONS },
    }),
    row("search.recall20", recalls, { vectors: NOTES, dimensions: DIMENSIONS, clusters: CLUSTERS }),
  ];
}

/** The rows of the 20 nearest, by comparing all. */
function exactScan(values: Float32Array, asked: Float32Array): number[] {
  const likeness = new Float32Array(NOTES);
  for (let rowAt = 0, at = 0; rowAt < NOTES; rowAt += 1) {
    let sum = 0;
    for (let each = 0; each < DIMENSIONS; each += 1, at += 1) sum += values[at]! * asked[each]!;
    likeness[rowAt] = sum;
  }
  const best: number[] = [];
  for (let rowAt = 0; rowAt < NOTES; rowAt += 1) {
    if (best.length === NEAREST && likeness[rowAt]! <= likeness[best[NEAREST - 1]!]!) continue;
    const place = best.findIndex((each) => likeness[each]! < likeness[rowAt]!);
    best.splice(place === -1 ? best.length : place, 0, rowAt);
    if (best.length > NEAREST) best.pop();
  }
  return best;
}

const vector = (value: (each: number) => number) => Float32Array.from({ length: DIMENSIONS }, (_, each) => value(each));

function unit(given: Float32Array): Float32Array {
  const length = Math.hypot(...given);
  return given.map((value) => value / length);
}
