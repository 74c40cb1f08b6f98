import fc from "fast-check";
import { expect, test } from "vitest";

import { checkPath, type FileChange, type KbTree } from "#server/kb/index.ts";

import { planNote } from "./plan.ts";
import type { NoteDraft, NoteType } from "./schema.ts";

const at = new Date("2026-11-21T10:00:00Z");
const draft = (title: string, given: Partial<NoteDraft> = {}): NoteDraft => ({
  type: "Decision",
  title,
  description: `About ${title}.`,
  body: "Text.",
  topic: "Harbour permit",
  tags: [],
  sources: [],
  generatedBy: "rules",
  generatedAt: at,
  verifiedBy: null,
  ...given,
});

/** Files in memory, as a tree that changes can be put into. */
function memoryTree(start: Record<string, string> = {}) {
  const files = new Map(Object.entries(start));
  const reads: string[] = [];
  const tree: KbTree = {
    head: null,
    read: async (path) => {
      reads.push(path);
      return files.get(path) ?? null;
    },
    list: async (folder) =>
      [...files.keys()].filter((path) => path.startsWith(folder === "" ? "" : `${folder}/`)).toSorted(),
  };
  const put = (changes: FileChange[]) => {
    for (const change of changes) {
      if ("delete" in change) files.delete(change.path);
      else files.set(change.path, change.content);
    }
  };
  return { files, tree, put, reads };
}

test("notes stand in the listing of their folder, folders in that of the root", async () => {
  const { files, tree, put } = memoryTree({ "index.md": `---\nokf_version: "0.2"\n---\n\n# Knowledge base\n` });
  const notes: Array<[string, Partial<NoteDraft>]> = [
    ["Ship it [behind] a flag", {}],
    ["Fees doubled", { type: "Problem" }],
    [
      "Renew the permit",
      { type: "Task", task: { priority: null, category: null, assignee: null, due: null, state: "open" } },
    ],
    ["Tide tables", { topic: "Гавань", type: "Note" }],
  ];
  for (const [title, given] of notes) put((await planNote(tree, { draft: draft(title, given), at })).changes);
  expect(files.get("index.md")).toBe(`---
okf_version: "0.2"
---

# Knowledge base

## Topics

* [Harbour permit](/topics/harbour-permit/index.md)
* [Гавань](/topics/гавань/index.md)

## Tasks

* [Tasks](/tasks/index.md) - What was asked for, by whom it is done, and until when
`);
  expect(files.get("topics/harbour-permit/index.md")).toBe(`# Harbour permit

## Decisions

* [Ship it \\[behind\\] a flag](/topics/harbour-permit/2026-11-21-ship-it-behind-a-flag.md) - About Ship it \\[behind\\] a flag.

## Problems

* [Fees doubled](/topics/harbour-permit/2026-11-21-fees-doubled.md) - About Fees doubled.
`);
  expect(files.get("tasks/index.md")).toContain("## Open\n\n* [Renew the permit](/tasks/");
});

test("a name that is taken gets a number", async () => {
  const { tree, put } = memoryTree();
  const paths: string[] = [];
  for (let i = 0; i < 3; i++) {
    const planned = await planNote(tree, { draft: draft("Same"), at });
    paths.push(planned.path);
    expect(planned.changes[0]).toMatchObject({ path: planned.path });
    put(planned.changes);
  }
  expect(paths.map((path) => path.slice(path.lastIndexOf("/")))).toEqual([
    "/2026-11-21-same.md",
    "/2026-11-21-same-2.md",
    "/2026-11-21-same-3.md",
  ]);
});

test("a listing changes only when what it lists changes", async () => {
  const { tree, put } = memoryTree();
  const first = await planNote(tree, { draft: draft("One"), at });
  put(first.changes);
  const paths = async (change: Parameters<typeof planNote>[1]) =>
    (await planNote(tree, change)).changes.map((each) => each.path);
  expect(await paths({ draft: draft("Two"), at })).toEqual([
    "topics/harbour-permit/2026-11-21-two.md",
    "topics/harbour-permit/index.md",
  ]);
  expect(await paths({ draft: draft("One", { body: "Another text." }), path: first.path, at })).toEqual([first.path]);
  expect(await paths({ draft: draft("One"), path: first.path, at })).toEqual([]);
  expect(await paths({ remove: "topics/harbour-permit/no-such.md" })).toEqual([]);
});

test("the last note of a folder takes its listing along", async () => {
  const { files, tree, put } = memoryTree();
  const { path, changes } = await planNote(tree, { draft: draft("One"), at });
  put(changes);
  put((await planNote(tree, { remove: path })).changes);
  expect([...files.keys()]).toEqual(["index.md"]);
  expect(files.get("index.md")).not.toContain("harbour");
});

test("a listing heals: what a person added by hand is listed, what is gone is not, and nothing else is read", async () => {
  const { files, tree, put, reads } = memoryTree();
  for (const title of ["One", "Two", "Three"]) put((await planNote(tree, { draft: draft(title), at })).changes);
  files.delete("topics/harbour-permit/2026-11-21-two.md");
  files.set("topics/harbour-permit/by-hand.md", "# By hand\n");
  reads.length = 0;
  put((await planNote(tree, { draft: draft("Four"), at })).changes);
  const listing = files.get("topics/harbour-permit/index.md") ?? "";
  expect(listing).toContain("[By hand](/topics/harbour-permit/by-hand.md)");
  expect(listing).not.toContain("two");
  expect(reads).not.toContain("topics/harbour-permit/2026-11-21-one.md");
});

test("whatever a note is called, its paths are ones that the knowledge base takes, and its listing can be read again", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom<NoteType>("Task", "Topic", "Risk"),
      async (title, topic, type) => {
        const { files, tree, put } = memoryTree();
        const planned = await planNote(tree, { draft: draft(title, { topic, type }), at });
        for (const change of planned.changes) expect(checkPath(change.path)).toBe(change.path);
        put(planned.changes);
        // A listing that was not understood would lose its line with the next note.
        put((await planNote(tree, { draft: draft("Next", { topic, type }), at })).changes);
        const listing = planned.changes[1];
        expect(files.get(listing?.path ?? "")?.match(/^\* \[/gm)).toHaveLength(2);
        expect(files.get("index.md")?.match(/^\* \[/gm)).toHaveLength(1);
      },
    ),
    { numRuns: 500 },
  );
});
