import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { SAMPLE } from "#tests/bench/extraction.ts";
import { ROOT } from "#tests/support/command.ts";

import { explain } from "../asks.ts";
import { packed, unpacked } from "../model.ts";
import stored from "../requests-model.json" with { type: "json" };
import { foldsOf, groupsOf, type Labelled, readLabelled } from "./corpus.ts";
import { scoreOf, train, validate } from "./validate.ts";

test("the shipped model was trained on the corpus that lies here", () => {
  const corpus = readFileSync(join(ROOT, "tests/bench/extraction-corpus.tsv"));
  expect(stored.trainedOn.sha256).toBe(createHash("sha256").update(corpus).digest("hex"));
});

test("the same sentences give the same model, and what is kept of it is the model", () => {
  const lines = readLabelled(SAMPLE);
  const one = packed(train(lines).model);
  expect(packed(train(lines).model)).toEqual(one);
  expect(packed(unpacked(one))).toEqual(one);
  expect(Object.keys(one.weights).length).toBeGreaterThan(4);
});

test("versions of one sentence stay in one fold", () => {
  const lines = ["a@b.example", "c@d.example", "e@f.example"].map((address): Labelled => ({
    asks: false,
    sentence: `Please add ${address} to your address book to ensure delivery.`,
  }));
  const others = ["Call me", "The crane is painted", "Bring the keys", "It rained all day"].map(
    (sentence, at): Labelled => ({ asks: at % 2 === 0, sentence }),
  );
  const all = [...lines, ...others];
  const groups = groupsOf(all.map(({ sentence }) => sentence));
  expect(new Set(groups).size).toBe(5);
  expect(new Set(foldsOf(all, groups, 5, 1).slice(0, 3)).size).toBe(1);
});

test("what cannot be learned is not claimed: on labels by chance the folds find nothing", () => {
  const words = ["red", "green", "blue", "grey", "black", "white", "brown"];
  const lines = Array.from({ length: 140 }, (_, at): Labelled => {
    const word = (step: number) => words[(at * step + (at % 11)) % words.length]!;
    return {
      asks: createHash("sha256").update(`${at}`).digest()[0]! % 2 === 0,
      sentence: `The ${word(3)} boat ${at} lies beside a ${word(5)} ${word(2)} one`,
    };
  });
  const { f1, trainF1 } = validate(lines);
  const allYes = scoreOf(
    lines,
    lines.map(() => true),
  ).f1;
  expect(f1).toBeLessThan(allYes + 0.1);
  expect(trainF1).toBeGreaterThanOrEqual(f1);
});

test("a judgement is explained by the words that weighed most", () => {
  const words = (sentence: string) => explain(sentence).map((each) => each.words);
  expect(words("Could you send me the berth list by Friday?")).toContain("Could you send me");
  expect(explain("Could you send me the berth list?")[0]?.weight).toBeGreaterThan(0);
  expect(words("")).toEqual([]);
});
