import { expect, test } from "vitest";

import { createSeal } from "./seal.ts";

const KEY = "sk-very-secret";

test("what was sealed opens with the same secret, for the same row", () => {
  const sealed = createSeal("of the server").seal(KEY, "row");
  expect(createSeal("of the server").open(new Uint8Array(sealed), "row")).toBe(KEY);
  expect(sealed.toString("latin1")).not.toContain("secret");
});

test("it opens with no other secret, for no other row, and not once it was changed", () => {
  const { seal, open } = createSeal("of the server");
  const sealed = seal(KEY, "row");
  expect(createSeal("of another").open(sealed, "row")).toBeNull();
  expect(open(sealed, "another row")).toBeNull();
  for (const at of [0, 5, 20, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(open(changed, "row")).toBeNull();
  }
  expect(open(sealed.subarray(0, 20), "row")).toBeNull();
});

test("the same text is never sealed alike", () => {
  const { seal } = createSeal("of the server");
  expect(seal(KEY, "row").equals(seal(KEY, "row"))).toBe(false);
});
