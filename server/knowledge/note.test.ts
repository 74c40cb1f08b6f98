import fc from "fast-check";
import { expect, test } from "vitest";

import { parseNote, renderNote } from "./note.ts";
import type { NoteDraft } from "./schema.ts";

const at = new Date("2026-11-21T10:00:00Z");
const source = (messageId: string, given: Partial<NoteDraft["sources"][number]> = {}) => ({
  messageId,
  resource: "https://t.me/c/1/42",
  title: "Harbour team, 2026-11-21",
  author: { ref: "human:tg-123", name: "Nora Field" },
  quote: "we ship the importer behind a flag",
  at,
  ...given,
});
const draft = (given: Partial<NoteDraft> = {}): NoteDraft => ({
  type: "Decision",
  title: "Ship the importer behind a flag",
  description: "The importer goes out switched off.",
  body: "The importer ships **behind a flag**.",
  topic: "Importer",
  tags: ["importer", "release"],
  sources: [source("0199a000-0000-7000-8000-000000000001")],
  generatedBy: "rules",
  generatedAt: at,
  verifiedBy: { ref: "human:u1", name: "Vera Lind", at: new Date("2026-11-21T10:05:00.123Z") },
  ...given,
});

test("a note is plain Markdown with OKF front matter, footnotes and the exact words", () => {
  expect(renderNote(draft())).toBe(`---
type: Decision
title: Ship the importer behind a flag
description: The importer goes out switched off.
topic: Importer
tags: [ importer, release ]
sources:
  - { id: m1, resource: https://t.me/c/1/42, title: "Harbour team, 2026-11-21", author: human:tg-123, message: 0199a000-0000-7000-8000-000000000001 }
generated: { by: winnow/rules, at: 2026-11-21T10:00:00Z }
verified:
  - { by: human:u1, name: Vera Lind, at: 2026-11-21T10:05:00Z }
status: stable
---

The importer ships **behind a flag**.

Evidence: [^m1]

[^m1]: Nora Field in [Harbour team, 2026-11-21](https://t.me/c/1/42):

    > we ship the importer behind a flag
`);
});

test("a note says what it has to do with others, and a topic its other names; what people wrote there stays", () => {
  const links: NoteDraft["links"] = [{ relation: "solves", to: "topics/importer/slow.md" }];
  const text = renderNote(draft({ links, aliases: ["CSV import"] }));
  expect(text).toContain("links:\n  - { relation: solves, to: /topics/importer/slow.md }\naliases: [ CSV import ]\n");
  expect(parseNote(text)).toMatchObject({ links, aliases: ["CSV import"] });
  const byHand = text.replace(
    "links:\n",
    "links:\n  - { relation: Depends on, to: topics/a.md#b, why: mine }\n  - odd\n",
  );
  const again = renderNote(draft({ links: [{ relation: "supports", to: "topics/b.md" }] }), byHand);
  expect(again).toContain("why: mine }\n  - odd\n  - { relation: solves");
  expect(parseNote(again)).toMatchObject({
    links: [{ relation: "depends_on", to: "topics/a.md" }, ...links, { relation: "supports", to: "topics/b.md" }],
    aliases: ["CSV import"],
  });
});

test.for([
  ["2027-05-21", "2027-05-21"],
  ["2027-05-21T10:00:00Z", "2027-05-21"],
  ["2027-02-30", null],
  ["soon", null],
])("stale after %s is the day %s", ([written, day]) => {
  expect(parseNote(`---\ntype: Note\nstale_after: ${written}\n---\n`).staleAfter).toBe(day);
});

test("a task says who does it until when", () => {
  const task = {
    priority: "high",
    category: "chore",
    assignee: { ref: null, name: "Nora" },
    due: "2026-11-28",
    state: "open",
  } as const;
  const lines = renderNote(draft({ type: "Task", task })).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining(["priority: high", "category: chore", "assignee: Nora", "due: 2026-11-28", "state: open"]),
  );
});

test("an update keeps what people added: keys, order, comments, sources and approvals of their own", () => {
  const edited = `---
# kept by the release team
type: Decision # agreed in March
owner: {name: Ilse, since: 2024}
title: Ship the importer
tags: [importer, mine]
sources:
  # the old wiki
  - {id: wiki, resource: https://wiki.example.org/importer}
  - {id: m4, resource: https://t.me/c/1/42, title: chat, message: 0199a000-0000-7000-8000-000000000001, note: important}
  - {id: m5, message: 0199a000-0000-7000-8000-00000000dead}
verified: [{by: human:u9, at: 2026-01-01}]
---
Old text [^wiki].

[^m4]: old
`;
  const updated = renderNote(
    draft({
      sources: [
        source("0199a000-0000-7000-8000-000000000001"),
        source("0199a000-0000-7000-8000-000000000002", { resource: null }),
      ],
    }),
    edited,
  );
  const head = updated.slice(0, updated.indexOf("\n---\n", 4));
  expect(head.split("\n").filter((line) => line.includes("#"))).toEqual([
    "# kept by the release team",
    "type: Decision # agreed in March",
    "  # the old wiki",
  ]);
  expect([...head.matchAll(/^(\w+):/gm)].map((match) => match[1])).toEqual([
    "type",
    "owner",
    "title",
    "tags",
    "sources",
    "verified",
    "description",
    "topic",
    "generated",
    "status",
  ]);
  const parsed = parseNote(updated);
  expect(parsed.frontMatter.owner).toEqual({ name: "Ilse", since: 2024 });
  expect(parsed.sources.map(({ id, messageId }) => [id, messageId])).toEqual([
    ["wiki", null],
    ["m4", "0199a000-0000-7000-8000-000000000001"],
    ["m1", "0199a000-0000-7000-8000-000000000002"],
  ]);
  expect(updated).toContain("note: important");
  expect(parsed.verified.map((entry) => entry.by)).toEqual(["human:u9", "human:u1"]);
});

test("a note that is rendered again from itself does not change", () => {
  const first = renderNote(draft());
  expect(renderNote(draft({ body: parseNote(first).text }), first)).toBe(first);
});

test("front matter that is no YAML is never overwritten", () => {
  expect(() => renderNote(draft(), "---\ntitle: [unclosed\n---\ntext")).toThrow(/not valid YAML/);
});

test("hostile titles, names and quotes stay where they are put", () => {
  const hostile = fc
    .string({ unit: "grapheme", maxLength: 60 })
    .map((text) => `${text}\n---\ntype: Evil\n"'}]{[ # - : \u2028`);
  fc.assert(
    fc.property(hostile, fc.string(), (text, other) => {
      const note = draft({
        title: text,
        description: `${other}${text}`,
        tags: [`t${text}`],
        topic: text,
        sources: [
          source("0199a000-0000-7000-8000-000000000001", {
            title: text,
            quote: text,
            author: { ref: text, name: text },
          }),
        ],
        verifiedBy: { ref: `human:${text}`, name: text, at },
      });
      const parsed = parseNote(renderNote(note));
      expect(Object.keys(parsed.frontMatter)).toEqual([
        "type",
        "title",
        "description",
        "topic",
        "tags",
        "sources",
        "generated",
        "verified",
        "status",
      ]);
      expect(parsed.type).toBe("Decision");
      expect(parsed.title).not.toContain("\n");
      expect(parsed.text).toBe("The importer ships **behind a flag**.");
      expect(parsed.sources).toHaveLength(1);
    }),
  );
});

test("any file at all can be read", () => {
  const bomb = `---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]\n---\ntext`;
  expect(parseNote(bomb).body).toBe("text");
  expect(parseNote("# Hand-made\n\ntext")).toMatchObject({
    type: "Note",
    title: "Hand-made",
    body: "# Hand-made\n\ntext",
  });
  expect(parseNote("---\n---\n").title).toBe("Untitled");
  fc.assert(
    fc.property(fc.string(), fc.string(), (head, body) => {
      const parsed = parseNote(`---\n${head}\n---\n${body}`);
      expect(parsed.type).not.toBe("");
    }),
  );
});
