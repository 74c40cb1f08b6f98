import { expect, test } from "vitest";

import { talk } from "#tests/support/talk.ts";

import { findByRules } from "./find.ts";
import { judge } from "./judge.ts";

const BITS = [
  "@nora ",
  "@nora, @ivo and ",
  "Nora, Timo and Ada: ",
  "please if ",
  "if you please ",
  "and ",
  "( ",
  "we need to ",
  "1) ",
  "- x\n",
  "надо ",
  "Лена, можешь ",
  " \t",
  '"',
  "need to be ",
  "a@a.",
  "by Friday ",
  "???",
  "http://a",
  "`",
  "#tag",
  "card reader ",
];
const LENGTH = 10_000;

/** Characters that patterns were given to look through while `work` ran: counted, because a clock would tell of the machine. */
function charactersRead(work: () => void): number {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its own `this`
  const exec = RegExp.prototype.exec;
  let read = 0;
  RegExp.prototype.exec = function counted(this: RegExp, text: string) {
    read += text.length - (this.global || this.sticky ? this.lastIndex : 0);
    return exec.call(this, text);
  };
  try {
    work();
  } finally {
    RegExp.prototype.exec = exec;
  }
  return read;
}

// That it ends at all shows that no pattern grows exponentially: one that does would not be through with thirty names in a day.
test.for(BITS)("ten thousand characters of “%s” are read with bounded work", (bit) => {
  const text = (length: number) => `${bit.repeat(Math.ceil(length / bit.length)).slice(0, length)}?`;
  const reading = (length: number) =>
    charactersRead(() => {
      findByRules({ chatTitle: "x", timeZone: "UTC", messages: talk(`timo: ${text(length)}`) });
      judge(text(length));
    });
  const whole = reading(LENGTH);
  expect(whole).toBeLessThan(LENGTH * 10_000);
  // Longer texts are cut: twice as much costs hardly more.
  expect(reading(2 * LENGTH)).toBeLessThan(whole * 1.5);
});
