import { resolve, sep } from "node:path";

import fc from "fast-check";
import { expect, test } from "vitest";

import { checkPath, staysInside } from "./paths.ts";

const ROOT = "/kb/root";
const PIECES = [
  "..",
  ".",
  "/",
  "\\",
  ".git",
  ".GIT",
  "git~1",
  "a",
  "b.md",
  " ",
  "~",
  "C:",
  "\0",
  "\n",
  "\u202e",
  "%2e%2e",
  "．．",
  "é",
  "-",
  ":",
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 3 })), { maxLength: 8 })
  .map((each) => each.join(""));

const accepted = (path: string) => {
  try {
    return checkPath(path) === path;
  } catch {
    return false;
  }
};

test("whatever is accepted names a file inside, in no hidden folder, and looks like what it is", () => {
  let seen = 0;
  fc.assert(
    fc.property(hostile, (path) => {
      if (!accepted(path)) return true;
      seen += 1;
      const names = path.split("/");
      return (
        resolve(ROOT, path) === ROOT + sep + names.join(sep) &&
        resolve(ROOT, path).startsWith(ROOT + sep) &&
        names.every((name) => name !== "" && !name.startsWith(".") && !/^\.?git(~\d)?$/i.test(name)) &&
        !/[\p{Cc}\\]/u.test(path) &&
        staysInside(path)
      );
    }),
    { numRuns: 20_000 },
  );
  expect(seen).toBeGreaterThan(500);
});

test.for([
  ["", "empty"],
  ["/etc/passwd", "absolute"],
  ["C:/x", "absolute"],
  ["a/../b", "leaves"],
  ["..", "leaves"],
  ["./a", "leaves"],
  ["a//b", "empty part"],
  ["a/", "empty part"],
  ["a\\b", "backslash"],
  [".git/config", "hidden"],
  ["x/.GIT/config", "hidden"],
  ["GIT~1/config", "another"],
  ["a/b. ", "another"],
  ["a\nb", "cannot be seen"],
  ["a\u202eb", "cannot be seen"],
  ["a\ud800b", "cannot be seen"],
  [`${"a".repeat(241)}.md`, "too long"],
  ["a/".repeat(600), "too long"],
])("%j is refused: %s", ([path = "", why]) => {
  expect(() => checkPath(path)).toThrow(why);
});

test("paths of notes are accepted in any language", () => {
  for (const path of ["index.md", "topics/порт-гавань/2026-11-21-ёлка.md", "media/a b (1).png", "topics/日本/x.md"]) {
    expect(checkPath(path)).toBe(path);
  }
});

test("a commit of someone else may hold hidden files, but nothing that leads out or into git", () => {
  expect(["a/.obsidian/x", ".gitignore", "a..b"].map(staysInside)).toEqual([true, true, true]);
  expect(
    ["../x", "a/../x", ".git/hooks/x", "a/.Git /x", "git~1", "/x", "a//b", "a\\b", ".git../x"].filter(staysInside),
  ).toEqual([]);
});
