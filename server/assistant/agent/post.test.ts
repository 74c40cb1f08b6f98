import { expect, test } from "vitest";

import { addressesOf } from "../addresses.ts";
import { wordsFor } from "../speech.ts";
import { taskPost } from "./post.ts";
import type { TaskResult } from "./write.ts";

const RESULT: TaskResult = {
  ...{ type: "task", summary: "All done.", commitHash: "a".repeat(40), generatedBy: "gpt-4.1-mini", tookMs: 1_250 },
  files: [{ path: "topics/a_b.md", change: "changed", added: 2, removed: 1 }],
  ...{ tools: { read_note: 2, edit_note: 1 }, steps: 4, tokens: 4_400, costUsd: 0.0028 },
};
const at = addressesOf("https://winnow.example", "harbour");
const post = (language: string, change: Partial<TaskResult> = {}) =>
  taskPost({ ...RESULT, ...change }, { words: wordsFor({ language, settings: [] }), at, requestId: "r" });

test("a result says what was done to which file, what it took, and how to take it back", () => {
  const { text, buttons } = post("en");
  expect(text).toBe(
    [
      "**Task done**",
      "All done.",
      "Files:",
      "- Changed topics/a_b.md +2 −1",
      "1.3 s · Tools: read_note ×2, edit_note · 4 answers of the model, 4,400 tokens · 0.28 ¢",
    ].join("\n\n"),
  );
  expect(buttons).toEqual([
    [
      { label: "See the changes", url: `https://winnow.example/s/harbour/knowledge/commits/${"a".repeat(40)}` },
      { label: "Undo", action: { do: "request.undo", requestId: "r" } },
    ],
  ]);
});

test.each(["en", "ru"])("each outcome has its words and only what was written can be taken back: %s", (language) => {
  const posts = [
    post(language),
    post(language, { since: "undone" }),
    post(language, { commitHash: null }),
    post(language, { commitHash: null, files: [], costUsd: null }),
  ];
  expect(new Set(posts.map(({ text }) => text.split("\n")[0])).size).toBe(4);
  expect(posts.map(({ buttons }) => buttons?.length)).toEqual([1, 0, 0, 0]);
});

test("of many files the first are named and the others counted", () => {
  const files = Array.from({ length: 23 }, (_, n) => ({
    path: `n${n}.md`,
    change: "added" as const,
    added: 1,
    removed: 0,
  }));
  expect(post("ru", { files }).text).toContain("- Новый n19.md +1 −0\n- ещё 3 файла");
});
