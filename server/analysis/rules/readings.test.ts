import { describe, expect, test } from "vitest";

import { SAMPLE } from "#tests/bench/extraction.ts";
import { brief, find } from "#tests/support/talk.ts";

import { asksForSomething } from "./asks.ts";
import { readLabelled } from "./training/corpus.ts";
import { scoreOf } from "./training/validate.ts";

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
    expect(task?.quotes.map(({ message }) => message)).toEqual(["m3"]);
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
    const lines = readLabelled(SAMPLE);
    const { f1 } = scoreOf(
      lines,
      lines.map(({ sentence }) => asksForSomething(sentence)),
    );
    expect(f1).toBeGreaterThan(0.9);
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
});
