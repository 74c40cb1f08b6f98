import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { SeenMessage } from "#server/analysis/extraction/prompt.ts";
import { asksForSomething } from "#server/analysis/rules/asks.ts";
import { findByRules } from "#server/analysis/rules/find.ts";
import { judge } from "#server/analysis/rules/judge.ts";
import { unpacked } from "#server/analysis/rules/model.ts";
import { type Labelled, readLabelled } from "#server/analysis/rules/training/corpus.ts";
import { type Score, scoreOf, validate, type Validated } from "#server/analysis/rules/training/validate.ts";
import { ROOT } from "#tests/support/command.ts";

import { type BenchRow, median, row, ROUNDS } from "./rounds.ts";

/** Real office mail, labelled by people; where it comes from is said in extraction-corpus.md. */
const CORPUS = join(ROOT, "tests/bench/extraction-corpus.tsv");
/** Sentences of our own. */
export const SAMPLE = join(ROOT, "tests/bench/extraction-sample.tsv");
const MODEL = join(ROOT, "server/analysis/rules/requests-model.json");

/** Messages that are read together, as in a run. */
const BATCH = 50;
const SEEDS = [1, 2, 3];

/**
 * `npm run bench -- extraction [--requests=<file>]`: lines of `Yes|No<TAB>sentence`.
 * `extraction.f1_cv` is the honest figure: five folds, everything that is chosen chosen within the other four. `extraction.f1_dev`
 * is what the shipped model makes of the file: where that is the file it was trained on, it flatters. The sentences themselves are
 * never printed.
 */
export async function bench(): Promise<BenchRow[]> {
  const flag = process.argv.find((word) => word.startsWith("--requests="))?.slice("--requests=".length);
  const path = resolve(flag ?? CORPUS);
  if (!existsSync(path)) {
    console.log(`extraction: skipped, there is no ${path} (lines of "Yes|No<TAB>sentence").`);
    return [];
  }
  const lines = readLabelled(path);
  console.log(
    `extraction: ${lines.length} sentences, ${lines.filter(({ asks }) => asks).length} of them ask for something`,
  );

  const validated = SEEDS.map((seed) => validate(lines, seed));
  for (const [index, one] of validated.entries()) printValidated(one, `five folds, seed ${SEEDS[index]}`);
  printConfusion(lines, validated[0]!.judged);

  const sentences = lines.map(({ sentence }) => sentence);
  const dev = scoreOf(lines, sentences.map(asksForSomething));
  const proposed = scoreOf(
    lines,
    sentences.map((sentence) => found([sentence]).length > 0),
  );
  printScore("shipped model", dev);
  printScore("leads to a proposal", proposed);
  printKinds(lines);

  const durationsMs = Array.from({ length: ROUNDS }, () => msPerThousand(sentences));
  const loadMs = Array.from({ length: ROUNDS }, msToLoad);
  console.log(
    `  whole engine         ${median(durationsMs).toFixed(0)} ms of one core per 1,000 messages in batches of ${BATCH}`,
  );
  console.log(`  model                ${median(loadMs).toFixed(1)} ms to load`);
  const folds = validated.flatMap((one) => one.folds.map(({ f1 }) => f1));
  return [
    row(
      "extraction.f1_cv",
      validated.map(({ f1 }) => f1),
      {
        folds: folds.map((f1) => f1.toFixed(3)).join(" "),
      },
    ),
    row("extraction.f1_dev", [dev.f1], dev),
    row("extraction.proposed_f1_dev", [proposed.f1], proposed),
    row("extraction.ms_per_1000", durationsMs, { messages: lines.length }),
    row("extraction.model_load_ms", loadMs, {}),
  ];
}

function printValidated(one: Validated, name: string): void {
  const folds = one.folds.map(({ f1 }) => f1);
  const mean = folds.reduce((sum, f1) => sum + f1, 0) / folds.length;
  const spread = Math.sqrt(folds.reduce((sum, f1) => sum + (f1 - mean) ** 2, 0) / (folds.length - 1));
  printScore(name, one);
  console.log(
    `    folds ${folds.map((f1) => f1.toFixed(3)).join(" ")}: mean ${mean.toFixed(3)}, spread ${spread.toFixed(3)}; ` +
      `on what it was trained on ${one.trainF1.toFixed(3)}; strengths ${one.choices.map(({ strength }) => strength).join(" ")}`,
  );
}

function printScore(name: string, { precision, recall, f1 }: Score): void {
  console.log(`  ${name.padEnd(20)} precision ${percent(precision)}  recall ${percent(recall)}  F1 ${f1.toFixed(3)}`);
}

/** The confusion of the first cross-validation: rows are what people say, columns what the model says. */
function printConfusion(lines: readonly Labelled[], judged: readonly boolean[]): void {
  const count = (asks: boolean, seen: boolean) =>
    lines.filter((line, at) => line.asks === asks && judged[at] === seen).length;
  console.log("  confusion            seen as asking   not seen");
  console.log(
    `    asks               ${String(count(true, true)).padStart(14)}   ${String(count(true, false)).padStart(8)}`,
  );
  console.log(
    `    does not           ${String(count(false, true)).padStart(14)}   ${String(count(false, false)).padStart(8)}`,
  );
}

/** What kinds the engine gives the sentences, by what people say of them. */
function printKinds(lines: readonly Labelled[]): void {
  const counts = new Map<string, { asks: number; other: number }>();
  for (const { asks, sentence } of lines) {
    const { kind } = judge(sentence);
    const count = counts.get(kind) ?? { asks: 0, other: 0 };
    count[asks ? "asks" : "other"] += 1;
    counts.set(kind, count);
  }
  console.log("  kinds                asks   does not");
  for (const [kind, { asks, other }] of [...counts].toSorted(([one], [two]) => one.localeCompare(two)))
    console.log(`    ${kind.padEnd(16)} ${String(asks).padStart(6)}   ${String(other).padStart(8)}`);
}

function found(texts: readonly string[]) {
  const names = ["Nora Field", "Timo Berg", "Ada Quist"];
  const messages = texts.map((text, at): SeenMessage => {
    const author = { contributorId: null, name: names[at % names.length]!, username: null, isBot: false };
    const sentAt = new Date(Date.parse("2026-11-23T09:00:00Z") + at * 30_000);
    return { label: `m${at + 1}`, text, sentAt, author, replyTo: null, forwardedFrom: null };
  });
  return findByRules({ chatTitle: "Harbour team", timeZone: "UTC", messages });
}

function msPerThousand(texts: readonly string[]): number {
  const spentMs = coreMs(() => {
    for (let at = 0; at < texts.length; at += BATCH) found(texts.slice(at, at + BATCH));
  });
  return (spentMs / texts.length) * 1000;
}

/** Time of the processor, in ms: what else the machine does meanwhile does not count. */
function coreMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function msToLoad(): number {
  return coreMs(() => unpacked(JSON.parse(readFileSync(MODEL, "utf8"))));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
