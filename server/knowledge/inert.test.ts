// Guarantee 6: text from chat is data. Whatever is written there, a note shows it and does nothing.
import fc from "fast-check";
import type { Nodes } from "mdast";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { expect, test } from "vitest";

import { cleanBody, cleanText, escapeText, linkTarget, quoteText } from "./inert.ts";

const parser = unified().use(remarkParse).use(remarkGfm);

// oxfmt-ignore
const PIECES = [
  ..."\\`*_{}[]()<>#+-.!|~&:=\"'^$@ \n\t",
  "```", "---", "===", "<script>", "</div>", "<!--", "-->", "<img src=x onerror=y>", "![a](http://x)", "](", "[^m1]: ",
  "[x](javascript:alert(1))", "<javascript:x>", "[a]: data:text/html,x", "1. ", "    ", "&lt;", "&#106;", "http://x.y", "www.x.y",
  "\u202e", "\u0000", "\u200b", "\u2028", "~~~", "| - |", "<?php", "<![CDATA[", "> ", "* ", "\r\n", "[^m1]", "é", "日本", "а",
];

/** Text made of the pieces that mean something in Markdown, which random letters rarely hit. */
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "grapheme", maxLength: 8 })), { maxLength: 40 })
  .map((pieces) => pieces.join(""));

function* walk(node: Nodes): Generator<Nodes> {
  yield node;
  if ("children" in node) for (const child of node.children) yield* walk(child);
}

const nodesOf = (markdown: string) => [...walk(parser.parse(markdown))];
const shownText = (markdown: string) =>
  nodesOf(markdown)
    .map((node) => ("value" in node ? node.value : ""))
    .join("");

test("escaped text shows exactly itself, on one line, as nothing but text", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const escaped = escapeText(text);
      expect(escaped).not.toContain("\n");
      const kinds = new Set(nodesOf(escaped).map((node) => node.type));
      // A bare address becomes a link to what it says; that is all that may happen.
      expect([...kinds].filter((kind) => !["root", "paragraph", "text", "link"].includes(kind))).toEqual([]);
      expect(shownText(escaped)).toBe(cleanText(text).replace(/\s+/gu, " ").trim());
    }),
    { numRuns: 1_000 },
  );
});

test("a quotation is one quotation, whatever is quoted", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      fc.pre(escapeText(text) !== "");
      const tree = parser.parse(`before\n\n${quoteText(text)}\n\nafter`);
      expect(tree.children.map((child) => child.type)).toEqual(["paragraph", "blockquote", "paragraph"]);
      const kinds = new Set([...walk(tree)].map((node) => node.type));
      for (const kind of ["html", "image", "code", "heading", "list", "table", "footnoteReference", "definition"]) {
        expect(kinds).not.toContain(kind);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("a body holds no HTML, no picture, no odd link and no evidence of its own, and cleaning it again changes nothing", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const cleaned = cleanBody(text);
      expect(cleanBody(cleaned)).toBe(cleaned);
      const below = "[^m9]: the end";
      const tree = parser.parse(`${cleaned}\n\nEvidence: [^m9]\n\n${below}`);
      const nodes = [...walk(tree)];
      expect(nodes.filter((node) => ["html", "image", "imageReference"].includes(node.type))).toEqual([]);
      const targets = nodes.flatMap((node) => (node.type === "link" || node.type === "definition" ? node.url : []));
      const schemes = targets.flatMap(
        (url) => /^[a-z][a-z0-9+.-]*:/i.exec(url.replace(/\s/g, ""))?.[0].toLowerCase() ?? [],
      );
      expect(schemes.filter((scheme) => !["http:", "https:", "mailto:"].includes(scheme))).toEqual([]);
      const footnotes = nodes.flatMap((node) => (node.type === "footnoteDefinition" ? node.identifier : []));
      expect(footnotes.filter((id) => /^m\d+$/.test(id))).toEqual(["m9"]);
      // What comes below the body is still outside of it.
      expect(tree.children.at(-1)?.type).toBe("footnoteDefinition");
    }),
    { numRuns: 1_000 },
  );
});

test("formatting that people use survives", () => {
  const body =
    "## Why\n\n- **bold** and `code <b>`\n- [the plan](https://example.org/a_b)\n\n```html\n<b>shown as it is</b>\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |";
  expect(cleanBody(body)).toBe(body);
});

test("only addresses of the web become targets", () => {
  expect(linkTarget("https://t.me/c/1/42")).toBe("https://t.me/c/1/42");
  expect(linkTarget("https://x.org/a)b (c)")).toBe("https://x.org/a%29b%20%28c%29");
  for (const url of ["javascript:alert(1)", "data:text/html,x", "tg://resolve", "", "https://"])
    expect(linkTarget(url)).toBeNull();
});

test("characters that hide or turn text are taken out, emoji that are joined stay whole", () => {
  expect(cleanText("a\u202eb\u200bc\u0000d\u2028e\tf 👩‍👧")).toBe("abcd\ne\tf 👩‍👧");
});

test("a text of thousands of marks in one block is shown as it stands, and at once", () => {
  const around = ["**Before** it.", "[After](https://example.org) it."];
  for (const unit of ["*a_", "a*", "<b>", "[a]: b\n", "**a", "|-", "a@b.c ", "a\n-"]) {
    const tangle = `x [${unit.repeat(6_000 / unit.length)}`.trimEnd();
    const startedMs = performance.now();
    const clean = cleanBody([around[0], tangle, around[1]].join("\n\n"));
    // At twenty thousand characters it was up to a minute; the whole process stood still as long.
    expect([unit, performance.now() - startedMs < 2_000]).toEqual([unit, true]);
    expect(cleanBody(clean)).toBe(clean);
    const blocks = clean.split("\n\n");
    expect([blocks[0], blocks.at(-1)]).toEqual(around);
    const kinds = new Set(nodesOf(blocks.slice(1, -1).join("\n\n")).map((node) => node.type));
    expect([...kinds].filter((kind) => !["root", "paragraph", "text", "link"].includes(kind))).toEqual([]);
  }
  expect(cleanBody("a" + " ".repeat(20_000) + "b")).toHaveLength(20_002);
});
