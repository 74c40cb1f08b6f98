import { expect, test } from "vitest";

import { typedValue, valueInWords } from "./setting.ts";

const number = { kind: { type: "number" as const, min: 0, max: 1_000_000 } };

test("a number is read as people write it, and what is none goes on as it stands", () => {
  const read = (typed: string) => typedValue(number, typed);
  expect(["12", " 7 ", "1,000", "600 000", "2.5", "-3"].map(read)).toEqual([12, 7, 1000, 600_000, 2.5, -3]);
  expect(["", "many", "1,5", "0x10", "1e3", "12 €"].map(read)).toEqual(["", "many", "1,5", "0x10", "1e3", "12 €"]);
});

test("a text stays a text, also where it looks like a number", () => {
  expect(typedValue({ kind: { type: "text", form: "model" } }, " 007 ")).toBe("007");
});

test("a value is said with what it counts, and a choice by its name", () => {
  expect(valueInWords({ ...number, unit: "seconds" }, 3600)).toBe("3,600 seconds");
  expect(valueInWords({ kind: { type: "toggle" }, unit: undefined }, false)).toBe("off");
  const choice = { kind: { type: "choice" as const, options: ["note", "session"] }, unit: undefined };
  expect(valueInWords(choice, "session")).toBe("Session");
});
