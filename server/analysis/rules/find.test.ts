import { describe, expect, test } from "vitest";

import { brief, find, PEOPLE, talk } from "#tests/support/talk.ts";

import type { FoundProposal } from "../extraction/prompt.ts";
import { findByRules } from "./find.ts";

const quoted = (proposal?: FoundProposal) => proposal?.quotes.map(({ message }) => message);

describe("noise", () => {
  test.for([
    "Morning all ☀️",
    "thanks!!",
    "+1",
    "👍",
    "ok cool",
    "haha yes",
    "https://example.org/please/renew/the/permit",
    "lunch at 12?",
    "I'm at the dentist until 11",
    "I'll be there in 5 min",
    "see you on Monday",
    "Let me know if you need anything.",
    "take your time",
    "Can you believe this weather?",
    "have a nice weekend everyone",
    "> please renew the permit",
    "```\nplease(renew, permit)\n```",
    "The pump is ordered, number 77-3120.",
    "Happy birthday Timo! 🎉",
  ])("“%s” leads to nothing", (text) => {
    expect(brief(find(`timo: ${text}`))).toEqual([]);
  });

  test("of bots is not read, and promises within forwards bind nobody", () => {
    expect(find("bot: Please update your profile by Friday!", "timo [Ada Quist]: I'll send it tomorrow")).toEqual([]);
  });
});

describe("a talk", () => {
  test("in which a request is promised becomes one task with both quotes, the promiser and the day that was asked for", () => {
    const found = find(
      "timo: can someone renew the harbour permit by Friday?",
      "nora >m1: yes, I'll do it by Thursday",
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      title: "Renew the harbour permit",
      body: "Timo Berg asks Nora Field to renew the harbour permit by Friday, 27 November 2026. Nora Field agreed to do it.",
      assigneeName: "Nora Field",
      due: "2026-11-27",
      intent: "request",
      topic: "Permits",
    });
    expect(quoted(found[0])).toEqual(["m1", "m2"]);
  });

  test.for([
    ["timo: Could you send the list of berths to the port office, Ada?", "ada >m1: I'll mail it tonight"],
    [
      "timo: @nora order rubber boots for the other readers please",
      "nora >m1: Yes, I'll order twelve tomorrow morning",
    ],
    ["timo: We need to order new cables for the pier", "nora: I can take that"],
    ["ada: Someone has to water the plants in the office this week", "timo: on it"],
    ["timo: Nora, please review the contract with the bank", "nora: reviewing now"],
    ["timo: Please prepare the slides for the board", "nora: I'll prepare the slides for the board"],
  ])("joins “%s” and “%s”", (lines) => {
    const found = find(...lines);
    expect(found).toHaveLength(1);
    expect(quoted(found[0])).toEqual(["m1", "m2"]);
    expect(found[0]?.assigneeName).not.toBeNull();
  });

  test("in which two people agree to a proposal has one decision with their quotes", () => {
    const found = find("ada: let's go with Postgres for the queue", "timo: sounds good", "nora: agreed");
    expect(brief(found)).toEqual(["Decision: Use Postgres for the queue"]);
    expect(quoted(found[0])).toEqual(["m1", "m2", "m3"]);
    expect(found[0]?.body).toContain("Timo Berg and Nora Field agreed.");
    expect(brief(find("ada: I think we should drop the old API", "timo: +1", "nora: agreed"))).toEqual([
      "Decision: Drop the old API",
    ]);
  });

  test("in which it was done already has nothing left to propose", () => {
    expect(find("ada: Timo, don't forget to pay the invoice", "timo: done")).toEqual([]);
  });

  test("in which the one who was asked cannot do it has a task without an owner", () => {
    const [task] = find("ada: Timo, can you pick up the parts tomorrow?", "timo: sorry, I can't");
    expect(task).toMatchObject({ title: "Pick up the parts", assigneeName: null });
    expect(task?.body).toContain("Timo Berg cannot do it.");
  });

  test("in which a fault is taken up has one task about the fault", () => {
    const found = find(
      "ada: The staging server is out of disk space again",
      "nora: can you take a look, Timo?",
      "timo: looking",
    );
    expect(brief(found)).toEqual(["Task: Look into: the staging server is out of disk space again"]);
    expect(found[0]?.assigneeName).toBe("Timo Berg");
    expect(quoted(found[0])).toEqual(["m1", "m2", "m3"]);
  });

  test("has an open question only where nobody answered", () => {
    expect(brief(find("ada: Who has the keys of the warehouse?", "timo: anyone up for tea?"))).toEqual([
      "Question: Who has the keys of the warehouse?",
    ]);
    expect(find("ada: Who has the keys of the warehouse?", "nora: Timo took them home")).toEqual([]);
    expect(brief(find("ada: Who has the keys?", "nora: ok", "timo >m1: me, I brought them"))).toEqual([]);
  });

  test("with a list of next steps gives a task for each", () => {
    const list = "Next steps:\n- Nora to send the offer by Thursday\n- Ada: prepare the test data\n- fix the login bug";
    expect(
      find(`timo: ${list}`, "nora: ok", "ada: ok").map(({ title, assigneeName }) => [title, assigneeName]),
    ).toEqual([
      ["Send the offer", "Nora Field"],
      ["Prepare the test data", "Ada Quist"],
      ["Fix the login bug", null],
    ]);
  });

  test("of two things in one message gives both", () => {
    const found = find(
      "nora: Two things: 1) the insurance papers are missing 2) Ada, please send them the crane certificate. Thanks!",
    );
    expect(brief(found)).toEqual([
      "Problem: The insurance papers are missing",
      "Task: Send them the crane certificate",
    ]);
  });

  test("takes tags from hashtags and urgency from the words", () => {
    const [task] = find("timo: Urgent: @nora please fix the bug in the #importer asap, see http://x.example/a#b");
    expect(task).toMatchObject({ priority: "high", category: "bug", tags: ["importer"] });
  });

  test("with a person's words for someone who is not here keeps the name", () => {
    expect(find("timo: @holger can you join the call tomorrow at 10?")[0]).toMatchObject({
      assigneeName: "holger",
      due: "2026-11-25",
    });
  });

  test("never gives the same person's name to a stranger of the same first name", () => {
    const messages = talk("timo: Nora, please call the bank").concat(
      talk("nora: hm").map((message) => ({
        ...message,
        label: "m2",
        author: { ...PEOPLE.nora!, contributorId: "9", name: "Nora Vik" },
      })),
      talk("nora: hm").map((message) => ({ ...message, label: "m3" })),
    );
    const [task] = findByRules({ chatTitle: "x", timeZone: "UTC", messages });
    expect(task?.assigneeName).toBe("Nora");
  });
});

describe("Russian", () => {
  test("a request that is promised becomes one task", () => {
    const found = find("ivan: Лена, можешь проверить договор?", "lena: да, сделаю завтра");
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ title: "Проверить договор", due: "2026-11-25", assigneeName: "Лена Орлова" });
  });

  test.for(["Всем привет!", "спасибо!", "+1", "ок", "Я уже дома", "Как дела?"])("“%s” leads to nothing", (text) => {
    expect(find(`ivan: ${text}`)).toEqual([]);
  });
});
