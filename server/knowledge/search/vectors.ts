/** Vectors of length 1, to be compared with others of the same model. */
export type Vectors = {
  dimensions: number;
  count: number;
  /** All vectors, one after another. */
  values: Float32Array;
  /** Their mean: what all of them have in common says nothing of any. */
  mean: Float32Array;
  /** Of each vector one bit a dimension: on which side of the mean it is. */
  bits: Uint32Array;
};
export type Near = { row: number; likeness: number };

/** With fewer vectors than this, all are compared. */
const FEW = 2_000;
/** So many that are near by their bits are compared in full: of clustered vectors, as those of texts are, the 20 nearest are among them. */
const RESCORED = 400;

/** @param values one vector after another, each of `dimensions` numbers */
export function indexVectors(values: Float32Array, dimensions: number): Vectors {
  const count = values.length / dimensions;
  const mean = new Float32Array(dimensions);
  for (let at = 0; at < values.length; at += dimensions) {
    for (let each = 0; each < dimensions; each += 1) mean[each]! += values[at + each]!;
  }
  for (let each = 0; each < dimensions; each += 1) mean[each]! /= Math.max(1, count);
  const width = Math.ceil(dimensions / 32);
  const bits = new Uint32Array(count * width);
  for (let row = 0; row < count; row += 1) writeBits(values, row * dimensions, mean, bits, row * width);
  return { dimensions, count, values, mean, bits };
}

/** The vectors most like one, best first, with the product of the two. Near enough to all: bits choose those that are compared. */
export function nearestRows(vectors: Vectors, asked: Float32Array, limit: number): Near[] {
  const { count } = vectors;
  if (count <= FEW) return exactRows(vectors, asked, limit);
  return best(nearByBits(vectors, asked, Math.max(RESCORED, limit * 10)), vectors, asked, limit);
}

/** The same by comparing all of them. */
export function exactRows(vectors: Vectors, asked: Float32Array, limit: number): Near[] {
  return best(
    Uint32Array.from({ length: vectors.count }, (_, row) => row),
    vectors,
    asked,
    limit,
  );
}

/** The product of two vectors, the first of them a row. */
function product({ values, dimensions }: Vectors, row: number, asked: Float32Array): number {
  let sum = 0;
  for (let each = 0, at = row * dimensions; each < dimensions; each += 1, at += 1) sum += values[at]! * asked[each]!;
  return sum;
}

function best(rows: Uint32Array, vectors: Vectors, asked: Float32Array, limit: number): Near[] {
  const found: Near[] = [];
  let least = -Infinity;
  for (const row of rows) {
    const likeness = product(vectors, row, asked);
    if (found.length >= limit && likeness <= least) continue;
    found.push({ row, likeness });
    // Sorted now and then: most rows never come so far.
    if (found.length >= limit * 2) {
      found.sort((a, b) => b.likeness - a.likeness);
      found.length = limit;
      least = found.at(-1)!.likeness;
    }
  }
  return found.toSorted((a, b) => b.likeness - a.likeness).slice(0, limit);
}

/** The rows with the fewest bits that differ; all of those of the last distance that is needed. */
function nearByBits({ dimensions, count, bits, mean }: Vectors, asked: Float32Array, wanted: number): Uint32Array {
  const width = Math.ceil(dimensions / 32);
  const own = new Uint32Array(width);
  writeBits(asked, 0, mean, own, 0);
  const distances = new Uint16Array(count);
  const tally = new Uint32Array(dimensions + 1);
  for (let row = 0, at = 0; row < count; row += 1) {
    let distance = 0;
    for (let each = 0; each < width; each += 1, at += 1) {
      let word = bits[at]! ^ own[each]!;
      word -= (word >>> 1) & 0x55555555;
      word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
      distance += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
    }
    distances[row] = distance;
    tally[distance]! += 1;
  }
  let furthest = 0;
  for (let sum = tally[0]!; sum < wanted && furthest < dimensions; sum += tally[furthest]!) furthest += 1;
  const rows = new Uint32Array(count);
  let length = 0;
  for (let row = 0; row < count; row += 1) if (distances[row]! <= furthest) rows[length++] = row;
  return rows.subarray(0, length);
}

function writeBits(from: Float32Array, start: number, mean: Float32Array, bits: Uint32Array, at: number): void {
  for (let each = 0; each < mean.length; each += 1) {
    if (from[start + each]! > mean[each]!) bits[at + (each >>> 5)]! |= 1 << (each & 31);
  }
}
