import { expect, test } from "vitest";

import { diffParts, foldedParts } from "./diff-parts.ts";

test("a changed word is told from what stays", () => {
  expect(diffParts("The pump is red.", "The pump is blue.")).toEqual([
    { value: "The pump is ", change: "same" },
    { value: "red", change: "removed" },
    { value: "blue", change: "added" },
    { value: ".", change: "same" },
  ]);
});

test("lines far from any change are counted instead of shown, and nothing else is lost", () => {
  const lines = Array.from({ length: 20 }, (_, line) => `line ${line}`);
  const before = `${lines.join("\n")}\nold\n${lines.join("\n")}`;
  const shown = foldedParts(diffParts(before, before.replace("old", "new")));
  const gaps = shown.flatMap((part) => ("hiddenLines" in part ? [part.hiddenLines] : []));
  const kept = shown.flatMap((part) => ("value" in part ? part.value.split("\n").length - 1 : []));
  expect(gaps).toEqual([18, 18]);
  expect(kept.reduce((sum, each) => sum + each, 0)).toBeLessThan(8);
  expect(shown).toContainEqual({ value: "new", change: "added" });
});

test("a short text is shown whole", () => {
  const parts = diffParts("a\nb\nc", "a\nb\nd");
  expect(foldedParts(parts)).toEqual(parts);
});

test("long texts that have nothing in common are not waited for", () => {
  const words = (seed: string) => Array.from({ length: 60_000 }, (_, at) => `${seed}${(at * 7919) % 10_007}`).join(" ");
  const started = performance.now();
  expect(diffParts(words("a"), words("b")).length).toBeGreaterThan(0);
  expect(performance.now() - started).toBeLessThan(5_000);
});
