import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { asksForSomething } from "#server/analysis/rules/asks.ts";
import { findByRules } from "#server/analysis/rules/find.ts";
import { ROOT } from "#tests/support/command.ts";

import { type BenchRow, median, row, ROUNDS } from "./rounds.ts";

/** Sentences of our own: what is measured where no others are at hand. */
export const SAMPLE = join(ROOT, "tests/bench/extraction-sample.tsv");

type Labelled = { asks: boolean; sentence: string };

/** `npm run bench -- extraction [--requests=<file>]`: lines of `Yes|No<TAB>sentence`. */
export async function bench(): Promise<BenchRow[]> {
  const flag = process.argv.find((word) => word.startsWith("--requests="))?.slice("--requests=".length);
  const path = resolve(flag ?? join(ROOT, "../shared/data/requests-dev.tsv"));
  const rows = measureExtraction({ path, name: "dev", print: console.log });
  return rows.length > 0 ? rows : measureExtraction({ path: SAMPLE, name: "sample", print: console.log });
}

/**
 * How well the rules engine sees that a sentence asks someone to do something or proposes it, how many of these sentences alone
 * lead to a proposal, and how long a message takes. Prints a table; the sentences themselves are never printed.
 * @param path lines of `Yes|No<TAB>sentence`; where there is no such file, that is said and nothing is measured
 * @param name what the figures are called after: `extraction.f1_<name>`
 */
export function measureExtraction({
  path,
  name,
  print,
}: {
  path: string;
  name: string;
  print: (line: string) => void;
}): BenchRow[] {
  if (!existsSync(path)) {
    print(`extraction: skipped, there is no ${path} (lines of "Yes|No<TAB>sentence").`);
    return [];
  }
  const lines = readLabelled(path);
  const asked = scored(lines, asksForSomething);
  const proposed = scored(lines, (sentence) => proposalsOf(sentence).length > 0);
  const durationsMs = Array.from({ length: ROUNDS }, () => msPerThousand(lines));

  print(`extraction: ${lines.length} sentences, ${lines.filter(({ asks }) => asks).length} of them ask for something`);
  for (const [what, score] of Object.entries({ "seen as asking": asked, "leads to a proposal": proposed })) {
    const { precision, recall, f1 } = score;
    print(`  ${what.padEnd(20)} precision ${percent(precision)}  recall ${percent(recall)}  F1 ${f1.toFixed(3)}`);
  }
  print(`  whole engine         ${median(durationsMs).toFixed(0)} ms per 1,000 messages`);
  return [
    row(`extraction.f1_${name}`, [asked.f1], asked),
    row(`extraction.proposed_f1_${name}`, [proposed.f1], proposed),
    row("extraction.ms_per_1000", durationsMs, { messages: lines.length }),
  ];
}

/** Precision, recall and F1 of a judgement over labelled sentences. */
export function scored(
  lines: readonly Labelled[],
  judge: (sentence: string) => boolean,
): { precision: number; recall: number; f1: number } {
  let hits = 0;
  let judged = 0;
  let wanted = 0;
  for (const { asks, sentence } of lines) {
    const isSeen = judge(sentence);
    if (asks) wanted += 1;
    if (isSeen) judged += 1;
    if (asks && isSeen) hits += 1;
  }
  return { precision: hits / judged, recall: hits / wanted, f1: (2 * hits) / (judged + wanted) };
}

export function readLabelled(path: string): Labelled[] {
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => /^(?:Yes|No)\t/u.test(line))
    .map((line) => ({ asks: line.startsWith("Yes"), sentence: line.slice(line.indexOf("\t") + 1) }));
  if (lines.length === 0) throw new Error(`${path} has no line of the form "Yes|No<TAB>sentence".`);
  return lines;
}

function proposalsOf(text: string) {
  const author = { contributorId: null, name: "Nora Field", username: null, isBot: false };
  const message = {
    label: "m1",
    text,
    sentAt: new Date("2026-11-23T09:00:00Z"),
    author,
    replyTo: null,
    forwardedFrom: null,
  };
  return findByRules({ chatTitle: "Harbour team", timeZone: "UTC", messages: [message] });
}

function msPerThousand(lines: readonly Labelled[]): number {
  const startedMs = performance.now();
  for (const { sentence } of lines) proposalsOf(sentence);
  return ((performance.now() - startedMs) / lines.length) * 1000;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
