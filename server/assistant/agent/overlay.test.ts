import { expect, test } from "vitest";

import type { KbTree } from "#server/kb/index.ts";

import { openOverlay } from "./overlay.ts";
import { checkFree, folderPath, notePath } from "./places.ts";

const files = new Map([
  ["index.md", "#"],
  ["topics/a.md", "A"],
  ["topics/harbour/b.md", "B"],
]);
const base: KbTree = {
  head: "base",
  read: async (path) => files.get(path) ?? null,
  list: async (folder) => [...files.keys()].filter((path) => folder === "" || path.startsWith(`${folder}/`)),
  names: async () => [],
};

test("reads, lists and names show what was changed", async () => {
  const overlay = openOverlay(base);
  expect(await overlay.names("")).toEqual(["index.md", "topics/"]);
  overlay.set({ path: "topics/harbour/b.md", content: null }, { path: "new/c.md", content: "C" });
  expect(await overlay.list("")).toEqual(["index.md", "new/c.md", "topics/a.md"]);
  expect(await overlay.names("topics")).toEqual(["a.md"]);
  expect(await overlay.names("")).toEqual(["index.md", "new/", "topics/"]);
  expect([await overlay.read("topics/harbour/b.md"), await overlay.read("new/c.md")]).toEqual([null, "C"]);
  overlay.set({ path: "topics/harbour/b.md", content: "B" });
  expect(await overlay.changes()).toEqual([{ path: "new/c.md", before: null, after: "C" }]);
});

test("too much is refused, and then nothing of it is there", async () => {
  const overlay = openOverlay(base);
  const many = Array.from({ length: 201 }, (_, at) => ({ path: `n/${at}.md`, content: "x" }));
  expect(() => overlay.set(...many)).toThrow("at most 200 notes");
  const long = (megabytes: number) => "x".repeat(megabytes * 1024 * 1024);
  expect(() => overlay.set({ path: "n/x.md", content: `${long(1)}x` })).toThrow("at most 1 MiB");
  expect(() => overlay.set({ path: "n/x.md", content: "a\0b" })).toThrow("at most 1 MiB");
  const eight = Array.from({ length: 8 }, (_, at) => ({ path: `n/${at}.md`, content: long(1) }));
  expect(() => overlay.set(...eight, { path: "n/x.md", content: "x" })).toThrow("8 MiB");
  expect(await overlay.changes()).toEqual([]);
});

test("a place is free where no file and no folder has it in any spelling", async () => {
  const overlay = openOverlay(base);
  for (const path of ["topics/c.md", "new/deep/a.md", "topics/harbour/a.md"]) await checkFree(overlay, path);
  for (const path of ["topics/a.md", "topics/A.md", "Topics/c.md", "topics/a.md/x.md", "topics/harbour"]) {
    await expect(checkFree(overlay, path), path).rejects.toMatchObject({ code: "conflict" });
  }
});

test("a path leads to a note inside the knowledge base", () => {
  expect(["/topics/a.md", " topics/a.md "].map(notePath)).toEqual(["topics/a.md", "topics/a.md"]);
  for (const path of [
    "",
    "a.txt",
    "index.md",
    "x/INDEX.md",
    "../a.md",
    ".git/a.md",
    "a/../b.md",
    "a\\b.md",
    "a\0.md",
  ]) {
    expect(() => notePath(path), path).toThrow(/path|ends in \.md/);
  }
  expect(["", "/", ".", "topics/", "/topics/harbour/"].map(folderPath)).toEqual([
    "",
    "",
    "",
    "topics",
    "topics/harbour",
  ]);
  for (const path of ["..", "topics/..", ".git"]) expect(() => folderPath(path), path).toThrow("cannot be used");
});
