import { expect, test } from "vitest";

import { imperatives } from "./imperative.ts";

test("thirty people who are called by name are read at once, also where nothing is asked of them", () => {
  const startedMs = performance.now();
  expect(imperatives("@nora ".repeat(30))).toEqual([]);
  // An ambiguous separator made the time double with each name: thirty took a minute.
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test("a command to several people is found behind their names", () => {
  const text = "@nora, @ivo and @timo: check the gate";
  expect(imperatives(text).map(({ verb, start }) => [verb, text.slice(start)])).toContainEqual([
    "check",
    "check the gate",
  ]);
});
