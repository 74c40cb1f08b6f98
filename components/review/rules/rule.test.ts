import { expect, test } from "vitest";

import { RuleConditions } from "#server/proposals/schema.ts";

import { backtestInWords, conditionsInWords, whyUnproven } from "./rule.ts";

const proof = {
  from: null,
  decisions: 200,
  wouldApprove: 41,
  ofThoseApproved: 40,
  precision: 40 / 41,
  examplesWrong: [],
};

test("the figures are said as they are", () => {
  expect(backtestInWords(proof)).toBe(
    "On the last 200 decisions this would have approved 41, of which people approved 40 as they stood (97 %).",
  );
  expect(backtestInWords({ ...proof, wouldApprove: 0, precision: null })).toContain("would have approved nothing");
});

test("a rule that too little speaks for cannot be saved", () => {
  expect(whyUnproven(proof, 95)).toBeUndefined();
  expect(whyUnproven(proof, 98)).toContain("less than the 98 %");
  expect(whyUnproven({ ...proof, wouldApprove: 19 }, 50)).toContain("At least 20");
});

test("what it asks for is said, and what it does not ask is not", () => {
  const conditions = RuleConditions.parse({ kinds: ["task", "atom"], confidence: ["strong"], leastPeople: 2 });
  expect(conditionsInWords(conditions, [])).toEqual([
    "tasks or facts",
    "strong evidence",
    "said by at least 2 people",
    "nothing known is more than 50 % alike",
  ]);
});
