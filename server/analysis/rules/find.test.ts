import { describe, expect, test } from "vitest";

import { readLabelled, SAMPLE, scored } from "#tests/bench/extraction.ts";

import { checkEvidence } from "../evidence.ts";
import type { FoundProposal, SeenMessage } from "../prompt.ts";
import { asksForSomething } from "./asks.ts";
import { findByRules } from "./find.ts";

const PEOPLE: Record<string, SeenMessage["author"]> = {
  nora: { contributorId: "1", name: "Nora Field", username: "nora", isBot: false },
  timo: { contributorId: "2", name: "Timo Berg", username: "timob", isBot: false },
  ada: { contributorId: "3", name: "Ada Quist", username: null, isBot: false },
  ivan: { contributorId: "4", name: "Иван Петров", username: null, isBot: false },
  lena: { contributorId: "5", name: "Лена Орлова", username: null, isBot: false },
  bot: { contributorId: "6", name: "Build bot", username: "ci_bot", isBot: true },
};

/** A talk as lines "who: text", "who >m2: text" (a reply) or "who [Origin]: text" (a forward), 40 seconds apart on a Tuesday. */
function talk(...lines: string[]): SeenMessage[] {
  return lines.map((line, at) => {
    const match = /^(?<who>\w+)(?: >(?<replyTo>m\d+))?(?: \[(?<origin>[^\]]+)\])?: (?<text>[\s\S]*)$/u.exec(
      line,
    )?.groups;
    return {
      label: `m${at + 1}`,
      text: match?.text ?? "",
      sentAt: new Date(Date.parse("2026-11-24T09:00:00Z") + at * 40_000),
      author: PEOPLE[match?.who ?? ""]!,
      replyTo: match?.replyTo ?? null,
      forwardedFrom: match?.origin ?? null,
    };
  });
}

function find(...lines: string[]): FoundProposal[] {
  const messages = talk(...lines);
  const found = findByRules({ chatTitle: "Harbour › Permits", timeZone: "Europe/Berlin", messages });
  for (const { quotes, title } of found) {
    expect(title.length).toBeLessThanOrEqual(81);
    expect(quotes.length).toBeGreaterThan(0);
    for (const { message, text } of quotes) {
      expect(
        checkEvidence(
          messages.find(({ label }) => label === message)!,
          text,
        ),
      ).not.toBeNull();
    }
  }
  return found;
}

const brief = (found: FoundProposal[]) => found.map(({ noteType, title }) => `${noteType}: ${title}`);
const quoted = (proposal?: FoundProposal) => proposal?.quotes.map(({ message }) => message);

describe("one sentence that asks", () => {
  test.for<[string, string, string | null, string | null]>([
    [
      "Nora, can you please renew the harbour permit by Friday?",
      "Renew the harbour permit",
      "Nora Field",
      "2026-11-27",
    ],
    [
      "@nora please update the API docs before the release on 1 December",
      "Update the API docs before the release",
      "Nora Field",
      "2026-12-01",
    ],
    [
      "Could you send me the list of berths when you have a minute, Ada?",
      "Send Timo the list of berths",
      "Ada Quist",
      null,
    ],
    ["Ada to book the meeting room by Wednesday", "Book the meeting room", "Ada Quist", "2026-11-25"],
    [
      "The harbour permit needs to be renewed before 1 December, otherwise we pay a fine.",
      "Renew the harbour permit",
      null,
      "2026-12-01",
    ],
    ["The winch needs greasing", "Grease the winch", null, null],
    ["TODO: call the insurance about the crane", "Call the insurance about the crane", null, null],
    [
      "Action item: Nora to send the minutes to everyone by EOD",
      "Send the minutes to everyone",
      "Nora Field",
      "2026-11-24",
    ],
    ["Would you mind checking the numbers again, Ada?", "Check the numbers again", "Ada Quist", null],
    ["We need to order new cables for the pier. No rush.", "Order new cables for the pier", null, null],
    ["Remind me to call Mrs. Holm on Monday", "Call Mrs. Holm", "Timo Berg", "2026-11-30"],
    ["Please don't deploy on Friday", "Don't deploy on Friday", null, null],
    ["It would be great if someone could water the plants.", "Water the plants", null, null],
    ["Hi all! Please make sure all doors are locked tonight.", "Make sure all doors are locked", null, "2026-11-24"],
    ["I'll write the summary tomorrow", "Write the summary", "Timo Berg", "2026-11-25"],
    ["Nora will meet the auditor on 3 December.", "Meet the auditor", "Nora Field", "2026-12-03"],
    ["The CI build is broken, can someone take a look?", "Look into: the CI build is broken", null, null],
    [
      "Can you get the keys from https://keys.example/42 for me, Nora?",
      "Get the keys from for Timo",
      "Nora Field",
      null,
    ],
  ])("“%s”", ([sentence, title, owner, due]) => {
    // Two more people are about, so that "you" alone is nobody in particular.
    const [task, ...others] = find("nora: morning", "ada: hi", `timo: ${sentence}`);
    expect(others).toEqual([]);
    expect([task?.kind, task?.title, task?.assigneeName, task?.due]).toEqual(["task", title, owner, due]);
    expect(quoted(task)).toEqual(["m3"]);
  });

  test.for<[string, string]>([
    ["We decided to ship the importer behind a flag.", "Decision: Ship the importer behind a flag"],
    ["Agreed: Postgres for the edge boxes", "Decision: Postgres for the edge boxes"],
    ["We're going with option B", "Decision: Use option B"],
    [
      "The login page crashes on Safari with a white screen.",
      "Problem: The login page crashes on Safari with a white screen",
    ],
    [
      "I'm blocked by the missing API key from the bank",
      "Blocker: Timo is blocked by the missing API key from the bank",
    ],
    [
      "We might not make the deadline because the supplier is late",
      "Risk: We might not make the deadline because the supplier is late",
    ],
    ["The fix was to set UTF-8 in the reader", "Solution: The fix was to set UTF-8 in the reader"],
    ["Requirement from the harbour master: all boats must have AIS.", "Requirement: All boats must have AIS"],
    ["Lesson learned: never paint in the rain", "Insight: Never paint in the rain"],
    [
      "Does anyone know which version the customer runs?",
      "Question: Does anyone know which version the customer runs?",
    ],
    ["Maybe we should move the stand-up to ten", "Task: Move the stand-up to ten"],
  ])("“%s” is a %s", ([sentence, expected]) => {
    expect(brief(find(`timo: ${sentence}`))).toEqual([expected]);
  });

  test("is told from talk as well as in the sample of our own", () => {
    const { precision, recall, f1 } = scored(readLabelled(SAMPLE), asksForSomething);
    expect({ precision, recall, f1 }).toMatchObject({ f1: expect.closeTo(0.95, 1) });
    expect(f1).toBeGreaterThan(0.9);
  });
});

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

  test("that tries to be slow is read in no time", () => {
    const startedMs = performance.now();
    for (const bit of [
      "please if ",
      "and ",
      "Nora, ",
      "( ",
      "we need to ",
      "1) ",
      "- x\n",
      "if you ",
      "надо ",
      " \t",
      '"',
      "need to be ",
    ]) {
      find(`timo: ${bit.repeat(5_000)}?`);
    }
    expect(performance.now() - startedMs).toBeLessThan(5_000);
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
  test.for<[string, string, string | null, string | null]>([
    ["Лена, можешь пожалуйста проверить договор до пятницы?", "Task: Проверить договор", "Лена Орлова", "2026-11-27"],
    ["надо продлить разрешение к понедельнику", "Task: Продлить разрешение", null, "2026-11-30"],
    ["Лена, пришли отчёт завтра", "Task: Прислать отчёт", "Лена Орлова", "2026-11-25"],
    ["Лене нужно оплатить счёт", "Task: Оплатить счёт", "Лена Орлова", null],
    ["Я закажу новый насос до 27 ноября", "Task: Заказать новый насос", "Иван Петров", "2026-11-27"],
    ["Договорились: выкатываем импорт в среду", "Decision: Выкатываем импорт в среду", null, "2026-11-25"],
    ["Сайт не работает с утра", "Problem: Сайт не работает с утра", null, null],
    ["Кто знает пароль от сервера?", "Question: Кто знает пароль от сервера?", null, null],
  ])("“%s”", ([sentence, expected, owner, due]) => {
    const [found, ...others] = find("lena: привет", "nora: hi", `ivan: ${sentence}`);
    expect(others).toEqual([]);
    expect([...brief([found!]), found?.assigneeName, found?.due]).toEqual([expected, owner, due]);
  });

  test("a request that is promised becomes one task", () => {
    const found = find("ivan: Лена, можешь проверить договор?", "lena: да, сделаю завтра");
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ title: "Проверить договор", due: "2026-11-25", assigneeName: "Лена Орлова" });
  });

  test.for(["Всем привет!", "спасибо!", "+1", "ок", "Я уже дома", "Как дела?"])("“%s” leads to nothing", (text) => {
    expect(find(`ivan: ${text}`)).toEqual([]);
  });
});
