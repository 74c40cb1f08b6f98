import { describe, expect, test } from "vitest";

import { noiseIn, type Said } from "./noise.ts";

const START = Date.parse("2026-11-24T09:00:00Z");

/** A talk as lines "who: text" or "who >1: text" (a reply to the first), so many seconds apart. */
function talk(everyS: number, ...lines: string[]): Said[] {
  return lines.map((line, at) => {
    const { who = "", to, text = "" } = /^(?<who>\w+)(?: >(?<to>\w+))?: ?(?<text>.*)$/su.exec(line)?.groups ?? {};
    return {
      id: String(at + 1),
      chatId: "harbour",
      text,
      sentAt: new Date(START + at * everyS * 1_000),
      author: { contributorId: who, name: who, username: null, isBot: who === "bot" },
      replyToId: to ?? null,
    };
  });
}

const leftOut = (said: Said[]) => Object.fromEntries(noiseIn(said));
const reasonOf = (text: string, who = "nora") => noiseIn(talk(600, `${who}: ${text}`)).get("1") ?? null;

describe("what says nothing is left out, with the reason", () => {
  test.each([
    ["Good morning everyone!", "greeting"],
    ["Thanks a lot, @timo 🙏", "greeting"],
    ["Привет всем, добрый день!", "greeting"],
    ["Спасибо большое", "greeting"],
    ["👍", "reaction"],
    ["🎉🎉🎉", "reaction"],
    ["+1", "reaction"],
    ["ok, thanks", "reaction"],
    ["Хахаха, круто", "reaction"],
    ["Ок, понял", "reaction"],
    ["...", "reaction"],
    ["/status", "command"],
    ["/start@winnow_bot now", "command"],
    ["", "no_words"],
  ])("%j: %s", (text, reason) => expect(reasonOf(text)).toBe(reason));

  test("what a bot says", () => expect(reasonOf("Build 214 failed on main.", "bot")).toBe("bot"));
});

test.each([
  "Hi Nora, please renew the permit",
  "Will do",
  "Done",
  "Сделаю",
  "Thanks, the pump works again",
  "No, the ferry sails at nine",
  "/deploy is broken, who can help?",
  "/etc/hosts is wrong on the pier machine",
  "Привет! Кто проверит насос?",
  "C++ or Rust?",
  "Price is 1200",
])("%j is read", (text) => expect(reasonOf(text)).toBeNull());

describe("a short answer", () => {
  test("to a question, a request or a proposal of somebody else is read, by reply or within a minute", () => {
    expect(leftOut(talk(40, "nora: Can you renew the permit?", "timo: yes"))).toEqual({});
    expect(leftOut(talk(40, "nora: Проверь насос, пожалуйста", "timo: ок"))).toEqual({});
    expect(leftOut(talk(40, "nora: Let's move the sailing to nine", "timo: 👍", "ada >1: +1"))).toEqual({});
    expect(leftOut(talk(600, "nora: We need a new rope.", "timo: The sea is calm.", "ada >1: agreed"))).toEqual({});
  });

  test("that comes late, answers nothing, or answers oneself is left out", () => {
    expect(leftOut(talk(90, "nora: Can you renew the permit?", "timo: yes"))).toEqual({ 2: "reaction" });
    expect(leftOut(talk(20, "nora: The pump runs.", "timo: ok"))).toEqual({ 2: "reaction" });
    expect(leftOut(talk(20, "nora: Can anybody come?", "nora: ok"))).toEqual({ 2: "reaction" });
    expect(leftOut(talk(20, "nora: Can anybody come?", "timo: haha"))).toEqual({ 2: "reaction" });
  });

  test("to what lies outside of the window is read, for nobody can say that it answers nothing", () => {
    expect(leftOut(talk(20, "timo >elsewhere: yes"))).toEqual({});
  });
});

test("a rush of short answers after a rush of long messages is looked through in no time", () => {
  const long = Array.from({ length: 1_500 }, () => `vera: ${"we walked along the shore ".repeat(150)}`);
  const said = talk(0, ...long, ...Array.from({ length: 1_500 }, () => "nora: ok"));
  expect(noiseIn(said).size).toBe(1_500);
});
