import { expect, test } from "vitest";

import { dollars, moved } from "./models.ts";

test("a model goes a place up or down, and stays where there is no further place", () => {
  expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 1, 1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
});

test("an amount below ten cents is not rounded away", () => {
  expect([0, 0.0042, 0.1, 12.5].map(dollars)).toEqual(["$0.00", "$0.0042", "$0.10", "$12.50"]);
});
