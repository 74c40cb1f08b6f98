import fc from "fast-check";
import { expect, test } from "vitest";

import { checkPath } from "#server/kb/index.ts";
import { memoryTree } from "#tests/support/kb-memory.ts";

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

test("a plan is the file of the note alone: a new one, a changed one, one that goes", async () => {
  const { tree, put } = memoryTree();
  const first = await planNote(tree, { draft: draft("One"), at });
  expect(first).toEqual({
    path: "topics/harbour-permit/2026-11-21-one.md",
    content: expect.stringContaining("title: One"),
    changes: [{ path: first.path, content: first.content }],
  });
  put(first.changes);
  const changed = await planNote(tree, { draft: draft("One", { body: "Another text." }), path: first.path, at });
  expect(changed.changes).toEqual([{ path: first.path, content: expect.stringContaining("Another text.") }]);
  expect((await planNote(tree, { remove: first.path })).changes).toEqual([{ path: first.path, delete: true }]);
  expect((await planNote(tree, { path: first.path, content: "# As it was\n" })).changes).toEqual([
    { path: first.path, content: "# As it was\n" },
  ]);
});

test("another status changes that line alone, and can be taken back", async () => {
  const { tree, put } = memoryTree();
  const path = "topics/tides/a.md";
  const text = "---\ntype: Decision # ours\nstatus: stable\nodd: [ 1 ]\n---\n\n\nLow at  six.  \n\n> as it was\n\n";
  put([{ path, content: text }]);
  const planned = await planNote(tree, { path, setStatus: "deprecated", supersededBy: "topics/tides/b.md" });
  expect(planned.changes).toEqual([
    {
      path,
      content: text
        .replace("status: stable", "status: deprecated")
        .replace("odd: [ 1 ]", "odd: [ 1 ]\nsuperseded_by: /topics/tides/b.md"),
    },
  ]);
  put(planned.changes);
  expect((await planNote(tree, { path, setStatus: "stable", supersededBy: null })).changes).toEqual([
    { path, content: text },
  ]);
  expect((await planNote(tree, { path: "no.md", setStatus: "stable", supersededBy: null })).changes).toEqual([]);
});

test("what changes nothing plans nothing", async () => {
  const { tree, put } = memoryTree();
  const { path, changes } = await planNote(tree, { draft: draft("One"), at });
  put(changes);
  expect((await planNote(tree, { draft: draft("One"), path, at })).changes).toEqual([]);
  expect((await planNote(tree, { remove: "topics/harbour-permit/no-such.md" })).changes).toEqual([]);
});

test("a name that is taken gets a number", async () => {
  const { tree, put } = memoryTree();
  const paths: string[] = [];
  for (let i = 0; i < 3; i++) {
    const planned = await planNote(tree, { draft: draft("Same"), at });
    paths.push(planned.path);
    put(planned.changes);
  }
  expect(paths.map((path) => path.slice(path.lastIndexOf("/")))).toEqual([
    "/2026-11-21-same.md",
    "/2026-11-21-same-2.md",
    "/2026-11-21-same-3.md",
  ]);
});

test("a folder that is full takes new notes into a folder of their month; what stands in it stays", async () => {
  const task = { priority: null, category: null, assignee: null, due: null, state: "open" } as const;
  const old = Object.fromEntries(Array.from({ length: 399 }, (_, i) => [`tasks/2026-10-01-${i}.md`, "# Old\n"]));
  const { tree, put } = memoryTree(old);
  const plan = async (title: string) => {
    const planned = await planNote(tree, { draft: draft(title, { type: "Task", task }), at });
    put(planned.changes);
    return planned.path;
  };
  expect(await plan("The last")).toBe("tasks/2026-11-21-the-last.md");
  expect(await plan("The next")).toBe("tasks/2026-11/2026-11-21-the-next.md");
  expect(await plan("The next")).toBe("tasks/2026-11/2026-11-21-the-next-2.md");
  // An update stays where the note is.
  const path = "tasks/2026-11-21-the-last.md";
  const update = await planNote(tree, { draft: draft("The last", { type: "Task", task, body: "Done." }), path, at });
  expect(update.path).toBe(path);
});

test("whatever a note is called, its path is one that the knowledge base takes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom<NoteType>("Task", "Topic", "Risk"),
      async (title, topic, type) => {
        const { tree } = memoryTree();
        const { path } = await planNote(tree, { draft: draft(title, { topic, type }), at });
        expect(checkPath(path)).toBe(path);
      },
    ),
    { numRuns: 200 },
  );
});
