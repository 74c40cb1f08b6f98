import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { checkEvidence } from "./evidence.ts";

/** A piece of a text that begins and ends between whole characters and has something in it. */
const textAndPiece = fc
  .tuple(
    fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 40 }),
    fc.nat(),
    fc.nat(),
  )
  .map(([parts, a, b]) => {
    const [from, to] = [a % parts.length, b % parts.length].toSorted((x, y) => x - y) as [number, number];
    const before = parts.slice(0, from).join("");
    const piece = parts.slice(from, to + 1).join("");
    return { text: parts.join(""), piece, start: before.length };
  })
  .filter(({ piece }) => piece.trim() !== "");

describe("a quote", () => {
  test("taken from a message is found in it, and the slice is what was quoted", () => {
    fc.assert(
      fc.property(textAndPiece, ({ text, piece }) => {
        const place = checkEvidence({ text }, piece);
        expect(place).not.toBeNull();
        expect(text.slice(place!.start, place!.end)).toBe(piece.trim());
      }),
    );
  });

  test("is found at the first place where it stands", () => {
    fc.assert(
      fc.property(textAndPiece, ({ text, piece, start }) => {
        const lead = piece.length - piece.trimStart().length;
        expect(checkEvidence({ text }, piece)!.start).toBeLessThanOrEqual(start + lead);
      }),
    );
  });

  test("that was retyped with other quotes, dashes and spaces is found, and the original is kept", () => {
    const text = "She said:  “we’ll ship it – on\u00a0Friday…”\n\nand left 👋🏽 early";
    for (const quote of [
      `said: "we'll ship it - on Friday..."`,
      `we'll ship it — on\n  Friday…”\nand left`,
      "👋🏽   early",
    ]) {
      expect(checkEvidence({ text }, quote), quote).not.toBeNull();
    }
    const place = checkEvidence({ text }, `"we'll ship`);
    expect(text.slice(place!.start, place!.end)).toBe("“we’ll ship");
  });

  test("that was made up is not found", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme", minLength: 1 }), (text, made) => {
        const plain = (value: string) =>
          value
            .replace(/\s+/gu, " ")
            .replace(/[‘’‚‛′`´]/gu, "'")
            .replace(/[“”„‟″«»]/gu, '"')
            .replace(/[‐‑‒–—―−]/gu, "-")
            .replaceAll("…", "...");
        fc.pre(!plain(text).includes(plain(made).trim()));
        expect(checkEvidence({ text }, made)).toBeNull();
      }),
    );
  });

  test("whose case, words or order differ is not found", () => {
    const text = "We decided to ship on Friday.";
    for (const quote of [
      "we decided",
      "We decided to ship on Monday",
      "ship to decided",
      "We decided... on Friday",
      "",
    ]) {
      expect(checkEvidence({ text }, quote)).toBeNull();
    }
  });

  test("never begins or ends within a character", () => {
    const text = "a😀b…c";
    expect(checkEvidence({ text }, "\ude00b")).toBeNull();
    expect(checkEvidence({ text }, "a\ud83d")).toBeNull();
    expect(checkEvidence({ text }, "b.")).toBeNull();
    expect(checkEvidence({ text }, "b...c")).toEqual({ start: 3, end: 6 });
  });

  test("of nothing but white space is none", () => {
    expect(checkEvidence({ text: "a  b" }, "   ")).toBeNull();
  });
});
