import fc from "fast-check";
import { expect, test } from "vitest";

import { checkPath } from "#server/kb/index.ts";
import { memoryTree } from "#tests/support/kb-memory.ts";

import { notePathFor } from "./note-path.ts";
import { planNote } from "./plan.ts";
import type { NoteType } from "./schema.ts";

const at = new Date("2026-11-21T23:59:00Z");
const pathOf = (title: string, topic: string | null = null, type: NoteType = "Note") =>
  notePathFor({ type, topic, title, at });
const slugOf = (title: string) => /^tasks\/2026-11-21-(.*)\.md$/s.exec(pathOf(title, null, "Task"))?.[1] ?? "";

test("a path says the kind, the topic, the day and the title", () => {
  expect(pathOf("Renew the permit!", "Harbour", "Task")).toBe("tasks/2026-11-21-renew-the-permit.md");
  expect(pathOf("Ёлка's «риск»", "Порт / Гавань", "Risk")).toBe("topics/port-gavan/2026-11-21-elkas-risk.md");
  expect(pathOf("../../etc/passwd")).toBe("topics/general/2026-11-21-etc-passwd.md");
  expect(pathOf("Tide tables", null, "Topic")).toBe("topics/tide-tables/2026-11-21-tide-tables.md");
});

test.for([
  ["Объезд порта", "obezd-porta"],
  ["Το λιμάνι της Αθήνας", "to-limani-tis-athinas"],
  ["ميناء طنجة", "myn-tnjh"],
  ["北京港口", "bei-jing-gang-kou"],
  ["日本のひらがな", "ri-ben-nohiragana"],
  ["हिन्दी", "hindi"],
  ["항구 허가", "hanggu-heoga"],
  ["𞤢𞤣𞤤𞤢𞤥", "adlam"],
  ["🎉 launch", "tada-launch"],
  ["Straße, ①", "strasse-1"],
])("the title %j is written %s", ([title = "", slug]) => {
  expect(slugOf(title)).toBe(slug);
});

test("letters that are composed in another way make no other name", () => {
  for (const title of ["Café", "한국", "が"]) expect(slugOf(title.normalize("NFD"))).toBe(slugOf(title));
});

test("a title that no letters stand for gets a name of its own, always the same", () => {
  for (const title of ["", "!!!", "\u3164\u3164", "\ue000\ud800"]) expect(slugOf(title)).toMatch(/^[0-9a-f]{8}$/);
  expect(slugOf("!!!")).toBe(slugOf("!!!"));
  expect(slugOf("!!!")).not.toBe(slugOf("???"));
});

test("what cannot be seen in a title is not in its name", () => {
  expect(slugOf("fees\u{e0020}\u{e0065}\u{e0076}\u{e0069}\u{e006c} dou\u00adbled")).toBe("fees-doubled");
});

test("a long name ends with a whole word, where there is one", () => {
  expect(slugOf("word ".repeat(40))).toBe(Array.from({ length: 16 }, () => "word").join("-"));
  expect(slugOf(`${"a".repeat(40)} ${"b".repeat(39)} c`)).toBe(`${"a".repeat(40)}-${"b".repeat(39)}`);
  expect(slugOf(`${"a".repeat(40)} ${"b".repeat(40)}`)).toBe("a".repeat(40));
  expect(slugOf("a".repeat(100))).toBe("a".repeat(80));
});

test("no name is one that Windows keeps for a device", () => {
  for (const title of ["Aux", "con", "NUL", "prn!", "com1", "LPT²", "ｃｏｎ"]) {
    expect(checkPath(pathOf("A note", title))).toMatch(/^topics\/[a-z0-9]+-note\//);
  }
});

test("whatever a note and its topic are called, their names are short, plain and taken by the knowledge base", () => {
  const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
  const words = fc.constantFrom(
    "порт",
    "λιμάνι",
    "ميناء",
    "港口",
    "ひらがな",
    "हिन्दी",
    "🎉",
    "con",
    "it's",
    "-",
    "\u202e",
  );
  const anyTitle = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.array(words, { maxLength: 40 }).map((each) => each.join(" ")),
    fc.constantFrom("con", "prn", "aux", "nul", "com1", "lpt9", "conin$", ".git", "git~1", "..", "\ud800"),
  );
  fc.assert(
    fc.property(anyTitle, anyTitle, (title, topic) => {
      const path = pathOf(title, topic);
      const [, topicSlug = "", titleSlug = ""] = /^topics\/([^/]*)\/2026-11-21-([^/]*)\.md$/.exec(path) ?? [];
      for (const slug of [topicSlug, titleSlug]) {
        expect(slug).toMatch(SLUG);
        expect(slug.length).toBeLessThanOrEqual(80);
        expect(checkPath(slug)).toBe(slug);
      }
      // The last number that a name can get (plan.ts).
      const numbered = path.replace(/\.md$/, "-1000.md");
      expect(checkPath(numbered)).toBe(numbered);
    }),
    { numRuns: 2_000 },
  );
});

test("a new note clashes with no file beside it, however that is written, and none is read to find that out", async () => {
  const day = "topics/harbour/2026-11-21";
  const { tree, reads } = memoryTree({
    [`${day}-Same.MD`]: "# By hand\n",
    [`${day}-ｓame-2.md`]: "# By hand\n",
    [`${day}-same-3.md/inside.md`]: "# By hand\n",
    [`topics/other/2026-11-21-same-4.md`]: "# By hand\n",
  });
  const draft = {
    type: "Note" as const,
    title: "Same",
    topic: "Harbour",
    description: "",
    body: "Text.",
    tags: [],
    sources: [],
    generatedBy: "rules",
    generatedAt: at,
    verifiedBy: null,
  };
  expect((await planNote(tree, { draft, at })).path).toBe(`${day}-same-4.md`);
  for (const name of ["same", "same-2", "same-3"]) expect(reads).not.toContain(`${day}-${name}.md`);
});
