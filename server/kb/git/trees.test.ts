import fc from "fast-check";
import { expect, test } from "vitest";

import { personsGit, temporaryFolder } from "#tests/support/kb.ts";

import { WINNOW } from "./git.ts";
import type { FileChange } from "../kb.ts";
import { openRepository } from "./repository.ts";

const at = new Date("2026-11-21T10:00:00Z");
/** Few names, some of which only git's own order tells apart. */
const name = fc.constantFrom("a", "a-b", "a.b", "a0", "b", "é", "日本", "Z", "a b", "-x", "~");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `${names.join("/")}.md`);
const change: fc.Arbitrary<FileChange> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ path, content: fc.string({ unit: "grapheme", maxLength: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ path, delete: fc.constant(true as const) }) },
);

test("trees and commits written here are what git itself would have written", async () => {
  const folder = temporaryFolder();
  await personsGit(folder, "init", "-q", "-b", "main");
  const repository = openRepository(folder, "main");
  const files = new Map<string, string>();
  let tip = await repository.tip();
  expect(tip).toBeNull();
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(change, { minLength: 1, maxLength: 8, selector: (each) => each.path }),
      async (changes) => {
        const before = tip;
        const { root, objects } = await repository.trees.change(tip?.tree ?? null, changes);
        const hash = await repository.write(
          { tree: root, parents: tip ? [tip.hash] : [], author: WINNOW, at, message: "x\n" },
          objects,
        );
        expect(await repository.advance(hash, tip?.hash ?? null)).toBe(true);
        tip = await repository.tip();
        const old = new Map(files);
        for (const each of changes) {
          if ("delete" in each) files.delete(each.path);
          else files.set(each.path, each.content.toString());
        }
        const paths = [...files.keys()].toSorted();
        expect(await repository.files(tip).list("")).toEqual(paths);
        const differences = await repository.trees.diff(before?.tree ?? null, tip?.tree ?? null);
        const touched = [...new Set([...old.keys(), ...files.keys()])].filter(
          (each) => old.get(each) !== files.get(each),
        );
        expect(differences.map((difference) => difference.path).toSorted()).toEqual(touched.toSorted());
      },
    ),
    { numRuns: 60 },
  );
  const listed = await personsGit(folder, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "main");
  expect(listed.split("\n").toSorted()).toEqual([...files.keys()].toSorted());
  expect(await personsGit(folder, "fsck", "--strict", "--full")).toBe("");
  for (const [each, content] of [...files].slice(0, 5)) expect(await repository.files(tip).read(each)).toBe(content);
  repository.close();
});

test("the branch moves only from where it was seen", async () => {
  const folder = temporaryFolder();
  await personsGit(folder, "init", "-q", "-b", "main");
  const repository = openRepository(folder, "main");
  const commit = async (content: string, parent: string | null) => {
    const { root, objects } = await repository.trees.change(null, [{ path: "a.md", content }]);
    return repository.write(
      { tree: root, parents: parent ? [parent] : [], author: WINNOW, at, message: "x\n" },
      objects,
    );
  };
  const [one, two] = [await commit("1", null), await commit("2", null)];
  expect(await repository.advance(one, null)).toBe(true);
  expect(await repository.advance(two, null)).toBe(false);
  const three = await commit("3", one);
  // Out of twenty that saw the same commit, one moves on.
  const rivals = await Promise.all(Array.from({ length: 20 }, (_, i) => commit(`rival ${i}`, one)));
  const others = rivals.map((rival) => ({ rival, its: openRepository(folder, "main") }));
  const moved = await Promise.all(others.map(({ rival, its }) => its.advance(rival, one)));
  expect(moved.filter(Boolean)).toHaveLength(1);
  expect(await repository.advance(three, one)).toBe(false);
  for (const { its } of others) its.close();
  repository.close();
});
