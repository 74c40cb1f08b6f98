import fc from "fast-check";
import { expect, test } from "vitest";

import { chunkBody } from "./chunk-text.ts";

const sentence = "The importer reads one file after another and stops at the first broken line. ";
const section = (heading: string, times: number) => `${heading}\n\n${sentence.repeat(times).trim()}`;

test("long sections are parts of their own with their headings and first lines; short ones of one parent go together", () => {
  const body = [section("# Importer", 1), section("## Speed", 12), section("## Limits", 2), section("## Errors", 2)];
  const chunks = chunkBody(body.join("\n\n"));
  expect(chunks.map(({ headings, line }) => [headings, line])).toEqual([
    [["Importer"], 1],
    [["Importer", "Speed"], 5],
    [["Importer"], 9],
  ]);
  expect(chunks[2]?.text).toMatch(/^## Limits\n\n.*## Errors/s);
});

test("a heading with nothing of its own stands with what follows", () => {
  expect(chunkBody(`# A\n\n${section("## B", 12)}`)).toMatchObject([{ headings: ["A", "B"], line: 1 }]);
});

test("code and tables stay whole where they fit, and a # in code is no heading", () => {
  const code = `\`\`\`sh\n${"# a comment, not a heading\n\n".repeat(30)}\`\`\``;
  const table = `| a | b |\n| - | - |\n${"| one cell | another cell |\n".repeat(40)}`.trim();
  const chunks = chunkBody(`# T\n\n${sentence.repeat(10)}\n\n${code}\n\n${table}`);
  expect(chunks.filter((chunk) => chunk.text.includes(code))).toHaveLength(1);
  expect(chunks.filter((chunk) => chunk.text.includes(table))).toHaveLength(1);
  expect(chunks.every((chunk) => chunk.headings.join() === "T")).toBe(true);
});

test("the footnotes of sources are left out, other text below them is not", () => {
  const body = `Ship it.[^m1]\n\nEvidence: [^m2]\n\n[^m1]: Nora in chat:\n\n    > secret words\n\n[^m2]: Otto:\n\n    > more\n\nAfterwards.`;
  expect(chunkBody(body)).toEqual([{ headings: [], line: 1, text: "Ship it.[^m1]\n\nAfterwards." }]);
});

test("whatever stands in a body, no part is too long, nothing is lost, and lines are where they are said to be", () => {
  const piece = fc.oneof(
    fc.constantFrom("# A", "## B", "", "```", "~~~~", "| a |", "- x", sentence.repeat(30), "😀".repeat(2_000)),
    fc.string({ unit: "grapheme", maxLength: 60 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const body = pieces.join("\n");
      const letters = (text: string) => text.replaceAll(/\s/g, "");
      const chunks = chunkBody(body);
      expect(letters(chunks.map((chunk) => chunk.text).join(""))).toBe(letters(body));
      for (const { text, line } of chunks) {
        expect(text.length).toBeLessThanOrEqual(2 * 1_500);
        expect(text.isWellFormed() || !body.isWellFormed()).toBe(true);
        expect(body.split("\n")[line - 1]?.trimStart()).toContain(text.split("\n")[0]?.trimStart());
      }
    }),
    { numRuns: 200 },
  );
});
