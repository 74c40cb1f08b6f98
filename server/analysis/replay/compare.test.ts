import { describe, expect, test } from "vitest";

import { compare, type Decided } from "./compare.ts";

let count = 0;
const quote = (messageId: string, start: number, end: number, revision = 1) => ({ messageId, revision, start, end });
const decided = (given: Partial<Decided> & { title: string }): Decided => ({
  ...{ id: `p${(count += 1)}`, kind: "task", verdict: "useful", mergedIntoId: null, quotes: [] },
  ...given,
});
const found = (title: string, quotes: Decided["quotes"] = [], kind: Decided["kind"] = "task") => ({
  kind,
  title,
  quotes,
});

describe("the same thing", () => {
  test("is what quotes the same words of a message for the same kind, whatever it is called", () => {
    const permit = decided({ title: "Renew the harbour permit", quotes: [quote("m1", 0, 20)] });
    const same = found("Permit!", [quote("m1", 10, 30)]);
    const besides = found("Something else", [quote("m1", 20, 30)]);
    const otherKind = found("A fact about it", [quote("m1", 0, 20)], "atom");
    const compared = compare([permit], [same, besides, otherKind]);
    expect(compared.useful).toEqual([{ decided: permit, found: same }]);
    expect(compared.extra).toEqual([besides, otherKind]);
  });

  test("or has a title like it, wherever it was said", () => {
    const permit = decided({ title: "Renew the harbour permit", quotes: [quote("m1", 0, 20)] });
    const alike = found("Renew harbour permit", [quote("m9", 0, 5)]);
    const compared = compare([permit], [alike, found("Water the plants")]);
    expect(compared.useful).toEqual([{ decided: permit, found: alike }]);
    expect(compared.extra.map(({ title }) => title)).toEqual(["Water the plants"]);
  });

  test("of two of one name it is the one of the same message, be it of another kind", () => {
    const before = decided({ title: "Water the plants", quotes: [quote("m1", 0, 9)] });
    const after = decided({ title: "Water the plants", quotes: [quote("m5", 0, 9)] });
    const again = found("Water the plants?", [quote("m5", 0, 9)], "atom");
    expect(compare([before, after], [again]).useful.map((each) => each.found)).toEqual([null, again]);
  });

  test("an edited message has other offsets, so there the message has to do", () => {
    const permit = decided({ title: "Renew the harbour permit", quotes: [quote("m1", 0, 5)] });
    const later = found("Permit!", [quote("m1", 40, 60, 2)]);
    expect(compare([permit], [later]).useful).toEqual([{ decided: permit, found: later }]);
  });
});

test("what was rejected and is found again, what is missing, and what nobody knew are counted apart", () => {
  const good = decided({ title: "Renew the permit", quotes: [quote("m1", 0, 9)] });
  const gone = decided({ title: "Ask the bank", quotes: [quote("m2", 0, 9)] });
  const bad = decided({ title: "Water the plants", verdict: "rejected", quotes: [quote("m3", 0, 9)] });
  const open = decided({ title: "Book a table", verdict: "open", quotes: [quote("m4", 0, 9)] });
  const all = [
    found("A", [quote("m1", 0, 9)]),
    found("B", [quote("m3", 0, 9)]),
    found("C", [quote("m4", 0, 9)]),
    found("D"),
  ];
  const compared = compare([good, gone, bad, open], all);
  expect(compared.useful.map((each) => [each.decided.title, each.found?.title])).toEqual([
    ["Renew the permit", "A"],
    ["Ask the bank", undefined],
  ]);
  expect(compared.rejectedAgain.map((each) => each.found.title)).toEqual(["B"]);
  expect(compared.openAgain.map((each) => each.found.title)).toEqual(["C"]);
  expect(compared.extra.map(({ title }) => title)).toEqual(["D"]);
});

test("of two that were merged, either one is both; found twice is found once", () => {
  const host = decided({ title: "Renew the permit", quotes: [quote("m1", 0, 9)] });
  const guest = decided({ title: "Permit by Friday", mergedIntoId: host.id, quotes: [quote("m2", 0, 9)] });
  const one = found("A", [quote("m2", 0, 9)]);
  const compared = compare([host, guest], [one, found("B", [quote("m1", 0, 9)])]);
  expect(compared).toMatchObject({ useful: [{ decided: host, found: one }], extra: [], repeated: 1 });
});
