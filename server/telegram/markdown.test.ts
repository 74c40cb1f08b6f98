import fc from "fast-check";
import type { MessageEntity } from "grammy/types";
import { expect, test } from "vitest";

import { objectionToText } from "#tests/support/fake-telegram-rules.ts";

import { formattedOf } from "./markdown.ts";
import { MOST_TEXT, partsOf } from "./split.ts";

// Guarantees: whatever the Markdown, Telegram takes what comes out; nothing visible is lost in splitting; time grows with length alone.

/** What each mark covers, as `type:words`. */
const marksOf = (markdown: string) => {
  const { text, entities } = formattedOf(markdown);
  return entities.map(({ type, offset, length }) => `${type}:${text.slice(offset, offset + length)}`);
};
const textOf = (markdown: string) => formattedOf(markdown).text;
const visible = (text: string) => text.replaceAll(/\s+/g, "");

test("words are marked, at offsets that count as Telegram does", () => {
  const markdown = "😀 **bold** *italic* ~~gone~~ `code` and ***both***";
  expect(textOf(markdown)).toBe("😀 bold italic gone code and both");
  expect(marksOf(markdown)).toEqual([
    "bold:bold",
    "italic:italic",
    "strikethrough:gone",
    "code:code",
    "italic:both",
    "bold:both",
  ]);
});

test("blocks", () => {
  expect(textOf("# Title\n\nOne\nTwo\n\n---\n\n> quoted\n> more")).toBe("Title\n\nOne\nTwo\n\n———\n\nquoted\nmore");
  expect(marksOf("# Title\n\n> quoted *so*\n> > deep")).toEqual([
    "bold:Title",
    "blockquote:quoted so\n\ndeep",
    "italic:so",
  ]);
  expect(textOf("- a\n- b\n  1. c\n  2. d\n     more\n- [x] e\n- [ ] f")).toBe(
    "• a\n• b\n  1. c\n  2. d\n     more\n• ☑ e\n• ☐ f",
  );
  expect(textOf("3. a\n4. b")).toBe("3. a\n4. b");
  expect(textOf("a <b>bold</b>\n\n<script>x</script>")).toBe("a <b>bold</b>\n\n<script>x</script>");
});

test("code blocks keep their language, indentation and signs", () => {
  const { text, entities } = formattedOf("```ts\n  if (a) {\n\n    *b*\n```");
  expect(text).toBe("  if (a) {\n\n    *b*");
  expect(entities).toEqual([{ type: "pre", language: "ts", offset: 2, length: text.length - 2 }]);
});

test("tables are lined up", () => {
  expect(textOf("| Name | N |\n|---|---|\n| Ann | **1** |\n| Bartholomew | 22 |")).toBe(
    "Name        │ N\n────────────┼───\nAnn         │ 1\nBartholomew │ 22",
  );
});

test("only addresses that Telegram opens are links", () => {
  expect(
    formattedOf("[a](https://x.org/p) [b](javascript:alert(1)) [c](./note.md) ![pic](http://x.org/i.png)"),
  ).toEqual({
    text: "a b c pic",
    entities: [
      { type: "text_link", url: "https://x.org/p", offset: 0, length: 1 },
      { type: "text_link", url: "http://x.org/i.png", offset: 6, length: 3 },
    ],
  });
  expect(marksOf("[by name][n]\n\n[n]: https://x.org")).toEqual(["text_link:by name"]);
  expect(marksOf("me@x.org")).toEqual([]);
});

test("marks are not put where Telegram has none: around code, in code, twice", () => {
  expect(marksOf("**a `b` c**")).toEqual(["bold:a", "code:b", "bold:c"]);
  expect(marksOf("[see `b`](https://x.org)")).toEqual(["text_link:see b"]);
  expect(marksOf("# a **b** c")).toEqual(["bold:a b c"]);
});

test("what is not Markdown for anyone is shown as it is", () => {
  const deep = `${"> ".repeat(5_000)}words`;
  expect(formattedOf(deep)).toEqual({ text: deep, entities: [] });
  const long = "**a** ".repeat(20_000).trim();
  expect(formattedOf(long)).toEqual({ text: long, entities: [] });
  expect(textOf("half \ud83d emoji")).toBe("half \ufffd emoji");
  expect(textOf("")).toBe("");
});

test.each([
  "*",
  ">",
  "> ",
  "- ",
  "1. ",
  "[",
  "![",
  "*_",
  ">\n- ",
  "*a_ **b\n",
  "[a](",
  "|a",
  "|a|b|\n|-|-|\n",
  "<!--\n```\n",
])("texts that are made to be hard to read come through: %j", (fragment) => {
  const { text } = formattedOf(`${fragment.repeat(Math.ceil(20_000 / fragment.length))} words`);
  expect(text).toContain("words");
});

test("long texts are read in pieces, and their blocks stay whole", () => {
  const code = `\`\`\`\n${"x = 1\n\n".repeat(2_000)}\`\`\``;
  const { text, entities } = formattedOf(`${"Words **here**.\n\n".repeat(400)}${code}\n\nEnd`);
  expect(entities.filter(({ type }) => type === "pre")).toHaveLength(1);
  expect(entities.filter(({ type }) => type === "bold")).toHaveLength(400);
  expect(text).toMatch(/x = 1\s+End$/);
  expect(textOf("- a **b** c\n".repeat(2_000))).toBe("• a b c\n".repeat(2_000).trim());
});

/** Texts that exercise the parser: fragments of Markdown in any order, deep and broken ones too. */
const fragments = fc.constantFrom(
  ...[
    "**",
    "*",
    "_",
    "~~",
    "`",
    "```",
    "```ts\n",
    "> ",
    "- ",
    "1. ",
    "# ",
    "[",
    "](https://x.org)",
    "](x:y)",
    "![",
    "<b>",
    "|",
    "|-|-|\n",
  ],
  ...[
    "\n",
    "\n\n",
    " ",
    "    ",
    "😀",
    "é",
    "\u200d",
    "\ud800",
    "word",
    "long ".repeat(40),
    "<!--",
    "[^1]",
    "[^1]: ",
    "\\",
    "&amp;",
    "www.x.org",
  ],
);
const markdowns = fc.oneof(
  fc.array(fragments, { maxLength: 120 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 200 }),
);

test("Telegram takes whatever comes out", () => {
  fc.assert(
    fc.property(markdowns, (markdown) => {
      const { text, entities } = formattedOf(markdown);
      const objection = objectionToText(text.slice(0, MOST_TEXT), within(entities, MOST_TEXT));
      expect(objection).toBe(text === "" ? "Bad Request: message text is empty" : null);
    }),
    { numRuns: 400 },
  );
});

test("splitting loses nothing, cuts no character, and every part is taken", () => {
  fc.assert(
    fc.property(markdowns, fc.integer({ min: 2, max: 300 }), (markdown, limit) => {
      const whole = formattedOf(markdown);
      const parts = [...partsOf(whole, limit)];
      expect(visible(parts.map(({ text }) => text).join(""))).toBe(visible(whole.text));
      for (const { text, entities } of parts) {
        expect(text.length).toBeLessThanOrEqual(limit);
        expect(objectionToText(text, entities)).toBeNull();
      }
      expect(markedSigns(parts)).toBe(markedSigns([whole]));
      // Code that fits into a part is in one.
      const lengths = (all: MessageEntity[]) =>
        all.filter(({ type, length }) => type === "pre" && length <= limit).map(({ length }) => length);
      expect(lengths(parts.flatMap(({ entities }) => entities))).toEqual(
        expect.arrayContaining(lengths(whole.entities)),
      );
    }),
    { numRuns: 400 },
  );
});

test("paragraphs, then lines, then words decide where a text is cut", () => {
  const cut = (text: string) => [...partsOf({ text, entities: [] }, 20)].map((part) => part.text);
  expect(cut("one two three\n\nfour five six")).toEqual(["one two three", "four five six"]);
  expect(cut("one two three\nfour five six")).toEqual(["one two three", "four five six"]);
  expect(cut("one two three four five six")).toEqual(["one two three four", "five six"]);
  expect(cut("x".repeat(45)).map((part) => part.length)).toEqual([20, 20, 5]);
  expect(cut(`${"x".repeat(19)}😀y`)).toEqual(["x".repeat(19), "😀y"]);
});

test("a code block that fits begins a part; a longer one is cut between lines and goes on as code", () => {
  const codeLengths = (markdown: string, limit: number) =>
    [...partsOf(formattedOf(markdown), limit)].map(({ entities }) => entities.map(({ length }) => length));
  const code = `\`\`\`js\n${"a\n\n".repeat(15)}a\n\`\`\``;
  expect(codeLengths(`Words\n\n${code}\n\nMore`, 50)).toEqual([[], [46], []]);
  // It ends where a part has to.
  expect(codeLengths(`Words\n\n${code}\n\nMore`, 53)).toEqual([[46], []]);
  const long = formattedOf(`\`\`\`js\n${"line();\n".repeat(40)}\`\`\``);
  for (const { text, entities } of partsOf(long, 100)) {
    expect(entities).toEqual([{ type: "pre", language: "js", offset: 0, length: text.length }]);
    expect(text.split("\n").every((line) => line === "line();")).toBe(true);
  }
});

/** The visible signs of texts that each mark covers. */
function markedSigns(parts: Array<{ text: string; entities: MessageEntity[] }>): string {
  const covered = new Map<string, string>();
  for (const { text, entities } of parts) {
    for (const { type, offset, length } of entities) {
      covered.set(type, (covered.get(type) ?? "") + visible(text.slice(offset, offset + length)));
    }
  }
  return JSON.stringify([...covered].toSorted(([a], [b]) => a.localeCompare(b)));
}

/** The marks of the first `length` units. */
function within(entities: MessageEntity[], length: number): MessageEntity[] {
  return entities.filter((entity) => entity.offset + entity.length <= length);
}
