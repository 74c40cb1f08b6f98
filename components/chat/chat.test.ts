import { expect, test } from "vitest";

import { pathInside, plainOf, suggestionsFor, withPathsInside } from "./chat.ts";

test("commands are offered while the first word is a slash and a beginning", () => {
  expect(suggestionsFor("/").length).toBe(11);
  expect(suggestionsFor("/S").map(({ name }) => name)).toEqual(["settings", "status"]);
  for (const text of ["", "note", "/note ", "a /note", "/nothing", "/a\n"]) {
    expect([text, suggestionsFor(text)]).toEqual([text, []]);
  }
});

test("an answer is read aloud without the signs of Markdown", () => {
  expect(plainOf("**Strong evidence.** See [the \\[old\\] key](http://a/b), `x`.\n- one\n> two\\*")).toBe(
    "Strong evidence. See the [old] key, x.\none\ntwo*",
  );
});

test("links to pages of this dashboard open here, and only those", () => {
  const origin = "https://winnow.example";
  expect(withPathsInside(`[a](${origin}/s/x/review) [b](https://evil.example/s/x)`, origin)).toBe(
    "[a](/s/x/review) [b](https://evil.example/s/x)",
  );
  expect(pathInside(`${origin}/s/x/review?a=1`, origin)).toBe("/s/x/review?a=1");
  for (const url of [`${origin}.evil.example/s/x`, `${origin}/api/x`, "https://evil.example/s/x"]) {
    expect([url, pathInside(url, origin)]).toEqual([url, null]);
  }
  expect(pathInside(`${origin}/s/x`, null)).toBe(null);
});
