import { expect, test } from "vitest";

import { lineCounts } from "./changed-file.ts";

test("lines that came and went are counted, whole files too", () => {
  const file = (before: string | null, after: string | null) => ({ path: "a.md", before, after, isText: true });
  expect(lineCounts(file("one\ntwo\nthree\n", "one\n2\nthree\nfour\n"))).toEqual({ added: 2, removed: 1 });
  expect(lineCounts(file(null, "one\ntwo\n"))).toEqual({ added: 2, removed: 0 });
  expect(lineCounts(file("one\n", null))).toEqual({ added: 0, removed: 1 });
  expect(lineCounts(file(null, null))).toEqual({ added: 0, removed: 0 });
});
