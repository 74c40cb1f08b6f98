import fc from "fast-check";
import { expect, test } from "vitest";

import { quoteFor } from "./quote.ts";

const passage = (text: string, title = "Note") => ({ title, headings: [], text });

test("the sentence that answers is quoted, not the first that names the subject", () => {
  const text =
    "Backups are important to us. Nobody likes to lose data. Backups are kept for 35 days. Ask Ilse for more.";
  expect(quoteFor("How long are backups kept?", passage(text, "Backups"))).toBe("Backups are kept for 35 days.");
});

test("a sentence under the heading that is asked about is quoted", () => {
  const text = "The oven is serviced in March.\n\n## When it does not heat\n\nReset the breaker behind the cabinet.";
  expect(quoteFor("what to do if the oven is not heating", passage(text, "Oven"))).toBe(
    "Reset the breaker behind the cabinet.",
  );
});

test("lines of a list and Russian word forms", () => {
  const text = "Скидки:\n\n- учителям 12 процентов\n- пенсионерам 5 процентов";
  expect(quoteFor("Какая скидка пенсионеру?", passage(text, "Скидки"))).toBe("- пенсионерам 5 процентов");
});

test("whatever is asked of whatever text, the quote stands in it and is short", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary", maxLength: 3_000 }), (question, text) => {
      const quote = quoteFor(question, passage(text));
      expect(text).toContain(quote);
      expect(quote.length).toBeLessThanOrEqual(400);
    }),
  );
  expect(quoteFor("word", passage("word ".repeat(2_000))).length).toBeLessThanOrEqual(400);
});
