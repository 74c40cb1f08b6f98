import { expect, test } from "vitest";

import { exactRows, indexVectors, nearestRows } from "./vectors.ts";

const DIMENSIONS = 96;

/** Numbers that look like chance and are the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
}

test("choosing by bits finds what comparing all finds, of clustered vectors that have much in common", () => {
  const random = numbers(7);
  const common = Float32Array.from({ length: DIMENSIONS }, () => 2 * random());
  const near = (centre: Float32Array, spread: number) => {
    const vector = centre.map((value) => value + spread * random());
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
  const centres = Array.from({ length: 60 }, () => common.map((value) => value + random()));
  const values = new Float32Array(5_000 * DIMENSIONS);
  for (let row = 0; row < 5_000; row += 1) values.set(near(centres[row % 60]!, 0.8), row * DIMENSIONS);
  const vectors = indexVectors(values, DIMENSIONS);
  let found = 0;
  for (let query = 0; query < 40; query += 1) {
    const asked = near(centres[query]!, 0.8);
    const wanted = new Set(exactRows(vectors, asked, 20).map((each) => each.row));
    const chosen = nearestRows(vectors, asked, 20);
    expect(chosen.map((each) => each.likeness)).toEqual(chosen.map((each) => each.likeness).toSorted((a, b) => b - a));
    found += chosen.filter((each) => wanted.has(each.row)).length;
  }
  expect(found / (40 * 20)).toBeGreaterThanOrEqual(0.99);
});

test("fewer vectors than are wanted are all there, none is none", () => {
  const vectors = indexVectors(Float32Array.from([1, 0, 0, 1]), 2);
  expect(nearestRows(vectors, Float32Array.from([0, 1]), 20).map((each) => each.row)).toEqual([1, 0]);
  expect(nearestRows(indexVectors(new Float32Array(), 2), Float32Array.from([0, 1]), 20)).toEqual([]);
});
