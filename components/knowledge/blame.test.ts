import { expect, test } from "vitest";

import { splitBlame } from "./blame.ts";
import type { BlameRange } from "./note.ts";

const range = (hash: string, firstLine: number, ...lines: string[]) =>
  ({ firstLine, lines, commit: { hash }, proposalId: null, messages: [] }) as unknown as BlameRange;

test("the data at the top stands apart from the text, also where one commit brought both", () => {
  const { head, body } = splitBlame([
    range("a", 1, "---", "type: Note"),
    range("b", 3, "title: Pump", "---", "The pump is red."),
    range("a", 6, "It is loud."),
  ]);
  expect(head.map((each) => [each.commit.hash, each.firstLine, each.lines])).toEqual([
    ["a", 1, ["---", "type: Note"]],
    ["b", 3, ["title: Pump", "---"]],
  ]);
  expect(body.map((each) => [each.commit.hash, each.firstLine, each.lines])).toEqual([
    ["b", 5, ["The pump is red."]],
    ["a", 6, ["It is loud."]],
  ]);
});

test("a file without front matter is all text", () => {
  const { head, body } = splitBlame([range("a", 1, "The pump is red.", "---", "It is loud.")]);
  expect(head).toEqual([]);
  expect(body.map((each) => each.lines.length)).toEqual([3]);
});

test("front matter that never ends is text", () => {
  expect(splitBlame([range("a", 1, "---", "type: Note")]).head).toEqual([]);
});
