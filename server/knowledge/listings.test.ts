// The index.md files: made from the notes that change, for any number of changes in one go, and never written by hand.
import fc from "fast-check";
import { expect, test } from "vitest";

import { checkPath, type FileChange } from "#server/kb/index.ts";
import { memoryTree } from "#tests/support/kb-memory.ts";

import { generateListings, isListing } from "./listings.ts";
import { planNote } from "./plan.ts";
import type { NoteDraft, NoteType } from "./schema.ts";

const at = new Date("2026-11-21T10:00:00Z");
const TASK = { priority: null, category: null, assignee: null, due: null, state: "open" } as const;
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

/** A tree into which notes are put with their listings, as a commit does. */
function openTree(start: Record<string, string> = {}) {
  const memory = memoryTree(start);
  const write = async (changes: readonly FileChange[]): Promise<string[]> => {
    const listings = await generateListings(memory.tree, changes);
    memory.put([...changes, ...listings]);
    return listings.map((listing) => listing.path);
  };
  const add = async (title: string, given: Partial<NoteDraft> = {}) => {
    const { path, changes } = await planNote(memory.tree, { draft: draft(title, given), at });
    await write(changes);
    return path;
  };
  return { ...memory, write, add };
}

test("notes stand in the listing of their folder, folders in that of the root", async () => {
  const { files, add } = openTree({ "index.md": `---\nokf_version: "0.2"\n---\n\n# Knowledge base\n` });
  await add("Ship it [behind] a flag");
  await add("Fees doubled", { type: "Problem" });
  await add("Renew the permit", { type: "Task", task: TASK });
  await add("Tide tables", { topic: "Гавань", type: "Note" });
  expect(files.get("index.md")).toBe(`---
okf_version: "0.2"
---

# Knowledge base

## Topics

* [Гавань](/topics/gavan/index.md)
* [Harbour permit](/topics/harbour-permit/index.md)

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

test("a root without a listing gets one, and what a person wrote above its title stays", async () => {
  const { files, add } = openTree();
  await add("One");
  expect(files.get("index.md")).toMatch(/^---\nokf_version: "0.2"\n---\n\n# Knowledge base\n\n## Topics\n/);
  const { files: others, add: addThere } = openTree({ "index.md": "---\nowner: Ilse # ours\n---\n\n# Our handbook\n" });
  await addThere("One");
  expect(others.get("index.md")).toMatch(/^---\nowner: Ilse # ours\n---\n\n# Our handbook\n\n## Topics\n/);
});

test("a file at the top stands among the notes of the root, a folder anywhere in its listing", async () => {
  const { files, write } = openTree();
  await write([
    { path: "readme.md", content: "# Read me first\n" },
    { path: "guides/boats/rules.md", content: "# The rules\n" },
    { path: "picture.png", content: Buffer.from("x") },
  ]);
  expect(files.get("index.md")).toMatch(
    /## Notes\n\n\* \[Boats\]\(\/guides\/boats\/index\.md\)\n\* \[Read me first\]\(\/readme\.md\)\n$/,
  );
  expect(files.get("guides/boats/index.md")).toBe("# Boats\n\n## Notes\n\n* [The rules](/guides/boats/rules.md)\n");
});

test("a listing changes only when what it lists changes", async () => {
  const { tree, add, write } = openTree();
  const path = await add("One");
  const listingsFor = async (change: Parameters<typeof planNote>[1]) =>
    (await generateListings(tree, (await planNote(tree, change)).changes)).map((each) => each.path);
  expect(await listingsFor({ draft: draft("Two"), at })).toEqual(["topics/harbour-permit/index.md"]);
  expect(await listingsFor({ draft: draft("One", { body: "Another text." }), path, at })).toEqual([]);
  expect(await listingsFor({ draft: draft("One", { description: "New." }), path, at })).toEqual([
    "topics/harbour-permit/index.md",
  ]);
  expect(await write([{ path: "media/a.png", content: Buffer.from("x") }])).toEqual([]);
});

test("the last note of a folder takes its listing along", async () => {
  const { files, add, write } = openTree();
  const path = await add("One");
  await write([{ path, delete: true }]);
  expect([...files.keys()]).toEqual(["index.md"]);
  expect(files.get("index.md")).not.toContain("harbour");
});

test("a listing heals: what a person added by hand is listed, what is gone is not, and nothing else is read", async () => {
  const { files, reads, add } = openTree();
  for (const title of ["One", "Two", "Three"]) await add(title);
  files.delete("topics/harbour-permit/2026-11-21-two.md");
  files.set("topics/harbour-permit/by-hand.md", "# By hand\n");
  reads.length = 0;
  await add("Four");
  const listing = files.get("topics/harbour-permit/index.md") ?? "";
  expect(listing).toContain("[By hand](/topics/harbour-permit/by-hand.md)");
  expect(listing).not.toContain("two");
  expect(reads).not.toContain("topics/harbour-permit/2026-11-21-one.md");
});

test("several changes in one go make what they would make one after the other, each listing once", async () => {
  const plans = [
    draft("One"),
    draft("Two", { type: "Problem" }),
    draft("Three", { type: "Task", task: TASK }),
    draft("Four", { topic: "Pier" }),
  ];
  const [together, apart] = [openTree(), openTree()];
  for (const tree of [together, apart]) await tree.add("Old");
  const changes: FileChange[] = [{ path: "topics/harbour-permit/2026-11-21-old.md", delete: true }];
  for (const each of plans) changes.push(...(await planNote(together.tree, { draft: each, at })).changes);
  expect((await together.write(changes)).toSorted()).toEqual([
    "index.md",
    "tasks/index.md",
    "topics/harbour-permit/index.md",
    "topics/pier/index.md",
  ]);
  for (const change of changes) await apart.write([change]);
  expect(Object.fromEntries(together.files)).toEqual(Object.fromEntries(apart.files));
  expect(together.files.get("topics/harbour-permit/index.md")?.match(/^\* \[/gm)).toHaveLength(2);
});

test("the months of a full folder stand in its listing and nowhere else, and a month that empties leaves it", async () => {
  const old = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`tasks/2026-10-01-${i}.md`, `# Old ${i}\n`]));
  const { files, add, write, reads } = openTree(old);
  const november = await add("New", { type: "Task", task: TASK });
  expect(november).toBe("tasks/2026-11/2026-11-21-new.md");
  expect(files.get("tasks/2026-11/index.md")).toBe(`# 2026-11\n\n## Open\n\n* [New](/${november}) - About New.\n`);
  expect(files.get("tasks/index.md")).toBe("# Tasks\n\n## By month\n\n* [2026-11](/tasks/2026-11/index.md)\n");
  expect(files.get("index.md")?.match(/^\* \[.*/gm)).toEqual([
    "* [Tasks](/tasks/index.md) - What was asked for, by whom it is done, and until when",
  ]);
  // The four hundred notes beside it are not read for that.
  expect(reads.filter((path) => path.startsWith("tasks/2026-10"))).toEqual([]);

  // A note of the folder itself and one of the month in one go: both stand in it.
  await write([
    { path: "tasks/2026-10-01-0.md", content: "# Changed\n" },
    { path: "tasks/2026-11/2026-11-22-more.md", content: "# More\n" },
  ]);
  const listing = files.get("tasks/index.md") ?? "";
  expect(listing.match(/^\* \[/gm)).toHaveLength(401);
  expect(listing.trimEnd().split("\n").slice(-3)).toEqual(["## By month", "", "* [2026-11](/tasks/2026-11/index.md)"]);

  await write([
    { path: november, delete: true },
    { path: "tasks/2026-11/2026-11-22-more.md", delete: true },
  ]);
  expect(files.has("tasks/2026-11/index.md")).toBe(false);
  expect(files.get("tasks/index.md")).not.toContain("By month");
});

test("listings are index.md files, wherever they stand", () => {
  expect(["index.md", "topics/a/index.md"].every(isListing)).toBe(true);
  expect(["my-index.md", "index.md/a.md", "topics/index.mdx"].some(isListing)).toBe(false);
});

test("whatever notes are called, their listings can be written, and are understood when the next note comes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom<NoteType>("Task", "Topic", "Risk"),
      async (title, topic, type) => {
        const { files, add } = openTree();
        await add(title, { topic, type });
        // A listing that was not understood would lose its line with the next note.
        const next = await add("Next", { topic, type });
        for (const path of files.keys()) expect(checkPath(path)).toBe(path);
        const folder = next.slice(0, next.lastIndexOf("/"));
        expect(files.get(`${folder}/index.md`)?.match(/^\* \[/gm)).toHaveLength(2);
        expect(files.get("index.md")?.match(/^\* \[/gm)).toHaveLength(1);
      },
    ),
    { numRuns: 200 },
  );
});

test("what only has the name of a note gets no line: a pointer to elsewhere, bytes, a book", async () => {
  const { add, files } = openTree({
    "topics/harbour-permit/pointer.md": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "topics/harbour-permit/bytes.md": "a\0b",
    "topics/harbour-permit/book.md": "x".repeat(1024 * 1024 + 1),
    "topics/harbour-permit/by-hand.md": "# By hand\n",
  });
  await add("Ship it");
  const listing = files.get("topics/harbour-permit/index.md")?.toString() ?? "";
  expect(listing.match(/^\* \[.*?\]/gm)).toEqual(["* [Ship it]", "* [By hand]"]);
});
