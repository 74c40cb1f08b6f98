import { expect, test } from "vitest";

import { imperatives } from "./imperative.ts";

test("a command to several people is found behind their names", () => {
  const text = "@nora, @ivo and @timo: check the gate";
  expect(imperatives(text).map(({ verb, start }) => [verb, text.slice(start)])).toContainEqual([
    "check",
    "check the gate",
  ]);
});
