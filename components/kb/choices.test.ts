import { expect, test } from "vitest";

import { type Choices, readChoices, resolutionOf, undecided, whyNot } from "./choices.ts";
import type { ConflictedFile } from "./kb.ts";

const file = (path: string, given: Partial<ConflictedFile> = {}): ConflictedFile => ({
  path,
  base: "old",
  ours: "ours",
  theirs: "theirs",
  isText: true,
  choice: null,
  ...given,
});

test("nothing is sent before each file has its choice", () => {
  const files = [file("a.md"), file("b.md")];
  const choices: Choices = { "a.md": { choice: "ours", text: null } };
  expect(resolutionOf(files, choices)).toBeNull();
  expect(undecided(files, choices).map((each) => each.path)).toEqual(["b.md"]);
  expect(resolutionOf(files, { ...choices, "b.md": { choice: "both", text: null } })).toEqual([
    { path: "a.md", choice: "ours" },
    { path: "b.md", choice: "both" },
  ]);
});

test("a text of one's own starts from theirs, and goes along only where it is chosen", () => {
  const files = [file("a.md")];
  expect(resolutionOf(files, { "a.md": { choice: "edited", text: null } })).toEqual([
    { path: "a.md", choice: "edited", text: "theirs" },
  ]);
  expect(resolutionOf(files, { "a.md": { choice: "theirs", text: "mine" } })).toEqual([
    { path: "a.md", choice: "theirs" },
  ]);
});

test("what makes no sense says why", () => {
  expect(whyNot("both", file("a.md", { theirs: null }))).toContain("only one version");
  expect(whyNot("edited", file("a.png", { isText: false }))).toContain("no text");
  expect(whyNot("both", file("a.png", { isText: false }))).toBeUndefined();
});

test("what was kept is read, and anything else is nothing", () => {
  const kept: Choices = { "a.md": { choice: "edited", text: "mine" } };
  expect(readChoices(JSON.stringify(kept))).toEqual(kept);
  for (const stored of [null, "", "{", '{"a":1}']) expect(readChoices(stored)).toEqual({});
});
