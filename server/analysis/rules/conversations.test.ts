import { expect, test } from "vitest";

import { talk } from "#tests/support/talk.ts";

import type { FoundProposal } from "../extraction/prompt.ts";
import { ProjectContext } from "../schema.ts";
import { findByRules } from "./find.ts";

const SHOP = ProjectContext.parse({
  keywords: ["GDPR"],
  components: [
    { name: "Checkout", aliases: ["cart", "basket"] },
    { name: "Payment service", aliases: ["payments"] },
  ],
  people: [
    { name: "Nora Field", aliases: ["Nori"] },
    { name: "Лена Орлова", aliases: ["Ленок"] },
  ],
});

/** "Task/request: Renew the permit | Nora Field | 2026-11-27". */
function lines(found: FoundProposal[]): string[] {
  return found.map(({ noteType, intent, title, assigneeName, due }) =>
    [`${noteType}/${intent}: ${title}`, ...(noteType === "Task" ? [assigneeName ?? "-", due ?? "-"] : [])].join(" | "),
  );
}

function read(...said: string[]): FoundProposal[] {
  return findByRules({ chatTitle: "Shop", timeZone: "Europe/Berlin", messages: talk(...said), project: SHOP });
}

test("a broken release in English: tasks with their owners and days, a decision of three, what solves what", () => {
  const found = read(
    "ada: Morning! Checkout is broken since the release last night: customers get a blank page after paying",
    "timo: I see 502s from the payments gateway in the logs",
    "nora >m2: The gateway times out, I think the new connection pool is too small",
    "ada: @timob can you roll back the release asap? We lose orders",
    "timo >m4: on it",
    "nora: I'll raise the pool size and test it on staging today",
    "timo: Rolled back, checkout works again",
    "ada: 🎉 thanks!",
    "ada: For the future: should we deploy on Fridays at all?",
    "nora: I'd say no. Let's only deploy Monday to Thursday",
    "timo: agreed",
    "ada: +1",
    "ada: Nori, please write a short postmortem until Thursday",
    "nora: will do",
    "timo: Someone should ask legal whether the GDPR export has to include the cart data",
    "ada: I can ask them tomorrow",
    "timo: The connection pool alert should fire earlier, I'd suggest we set it to 70%",
    "nora: What about the customers who paid twice?",
    "ada: We have to refund them by Wednesday. Timo, could you pull the list of double payments from the database?",
    "timo: Sure, will have it this afternoon",
    "nora: lunch?",
  );
  expect(lines(found)).toEqual([
    "Problem/statement: Checkout is broken since the release last night",
    "Problem/statement: The gateway times out",
    "Task/commitment: Raise the pool size and test it on staging | Nora Field | 2026-11-24",
    "Decision/decision: Only deploy Monday to Thursday",
    "Task/request: Write a short postmortem | Nora Field | 2026-11-26",
    "Task/idea: Ask legal whether the GDPR export has to include the cart data | Ada Quist | 2026-11-25",
    "Task/idea: Set it to 70%: the connection pool alert should fire earlier | - | -",
    "Task/request: Refund the customers who paid twice | - | 2026-11-25",
    "Task/request: Pull the list of double payments from the database | Timo Berg | -",
    "Topic/statement: Checkout",
  ]);
  const about = (part: string) => found.find(({ title }) => title.includes(part));
  expect(about("GDPR")).toMatchObject({ topic: "Checkout", tags: ["gdpr"] });
  expect(about("double payments")).toMatchObject({ topic: "Payment service" });
  expect(about("postmortem")?.why).toBe(
    "Ada Quist asked and Nora Field agreed. “please write” and “until Thursday” speak for a request.",
  );
  expect(found.at(-1)).toMatchObject({ kind: "topic", aliases: ["cart", "basket"] });
});

test("a day in Russian: owners by what they are called, days, an idea, a risk", () => {
  const found = read(
    "ivan: Всем привет! Сайт лежит, корзина не открывается у половины клиентов",
    "lena: Вижу ошибку 500 в логах, похоже на платёжный модуль",
    "ivan: Ленок, посмотри пожалуйста срочно",
    "lena >m3: смотрю",
    "lena: Оказалось, что закончилось место на диске. Почистила логи, всё заработало",
    "ivan: Супер! Надо настроить мониторинг места на диске до пятницы",
    "lena: Я настрою завтра",
    "timo: Ok, I'll do the export by Thursday",
    "ivan: Решили: релиз переносим на следующую неделю",
    "lena: согласна",
    "ivan: Лене нужно согласовать договор с юристами до 1 декабря",
    "ivan: Не забудь обновить документацию по API, это важно",
    "lena: хорошо, обновлю к понедельнику",
    "ivan: боюсь, что не успеем с интеграцией банка до конца месяца",
    "lena: Может, возьмём подрядчика?",
  );
  expect(lines(found)).toEqual([
    "Problem/statement: Сайт лежит, корзина не открывается у половины клиентов",
    "Task/request: Разобраться: вижу ошибку 500 в логах | Лена Орлова | -",
    "Solution/statement: Закончилось место на диске",
    "Task/request: Настроить мониторинг места на диске | Лена Орлова | 2026-11-27",
    "Task/commitment: Do the export | Timo Berg | 2026-11-26",
    "Decision/decision: Релиз переносим на следующую неделю",
    "Task/request: Согласовать договор с юристами | Лена Орлова | 2026-12-01",
    "Task/request: Обновить документацию по API | Лена Орлова | 2026-11-30",
    "Risk/statement: Не успеем с интеграцией банка до конца месяца",
    "Task/idea: Взять подрядчика | - | -",
  ]);
  expect(found[1]).toMatchObject({ priority: "high" });
});

test("a cure solves the fault that it follows, a promise in reply continues what it answers", () => {
  const found = read(
    "ada: The card reader at the gate is down again, it fails every time it rains",
    "timo: @nora please swap the reader with the spare one today",
    "ada: Let's rent a second router for the festival",
    "timo >m3: I'll ask for two offers by Thursday",
  );
  expect(found.map(({ id, title, links }) => [id, title, links])).toEqual([
    ["p1", "The card reader at the gate is down again", []],
    ["p2", "Swap the reader with the spare one", [{ relation: "solves", to: "p1" }]],
    ["p3", "Rent a second router for the festival", []],
    ["p4", "Ask for two offers", [{ relation: "continues", to: "p3" }]],
  ]);
});

test("a phrase becomes a topic once three messages of two people have it, in whatever form, unless it is known", () => {
  const said = [
    "ada: the card reader beeps",
    "timo: which card reader?",
    "ada: all card readers of the north pier",
  ] as const;
  const topics = (found: FoundProposal[]) => found.filter(({ kind }) => kind === "topic").map(({ title }) => title);
  expect(topics(read(...said))).toEqual(["Card reader"]);
  expect(topics(read("ada: the card reader beeps", "ada: which card reader?", "ada: both card readers"))).toEqual([]);
  const known = { id: "1", name: "Hardware", aliases: ["card reader"], description: "" };
  const messages = talk(...said);
  expect(topics(findByRules({ chatTitle: "Shop", timeZone: "UTC", messages, topics: [known] }))).toEqual([]);
});

test("a decision takes the question that it answers as evidence", () => {
  const found = read(
    "ada: Do we keep the printed barcodes or move to QR tickets?",
    "nora: half of them show screenshots anyway",
    "timo: Then let's go with the QR tickets",
    "ada >m3: agreed",
  );
  expect(found.map(({ title, quotes }) => [title, quotes.map(({ message }) => message)])).toEqual([
    ["Use the QR tickets", ["m3", "m4", "m1"]],
  ]);
});

test("a promise to what was asked before the batch is that task, in words from the batch, and says that it is known", () => {
  const context = talk("ada: @nora can you order rubber boots for the readers?").map((one) => ({
    ...one,
    label: "c1",
  }));
  const messages = talk("nora: Yes, I'll do it tomorrow").map((one) => ({ ...one, replyTo: "c1" }));
  const input = { chatTitle: "Shop", timeZone: "UTC", messages, context };
  const [task, ...others] = findByRules({
    ...input,
    earlier: ["Paint the pier", "Order rubber boots for the readers"],
  });
  expect(others).toEqual([]);
  expect(task).toMatchObject({
    title: "Order rubber boots for the readers",
    assigneeName: "Nora Field",
    due: "2026-11-25",
    quotes: [{ message: "m1" }],
    recommendation: { action: "update", of: "f2" },
  });
  expect(findByRules(input)[0]?.recommendation).toBeNull();
  const done = talk("nora: ordered, they come on Monday").map((one) => ({ ...one, replyTo: "c1" }));
  expect(findByRules({ ...input, messages: done })).toEqual([]);
  expect(findByRules({ ...input, messages: [...messages, { ...done[0]!, label: "m2" }] })).toEqual([]);
  expect(findByRules({ ...input, messages: talk("nora: morning") })).toEqual([]);
});

test.for<[string, string, string]>([
  [
    "timo: @nora can you renew the harbour permit by Friday?",
    "nora >m1: yes, I'll file it tomorrow",
    "nora: Permit is filed",
  ],
  [
    "timo: @nora could you confirm pier 4 with the port office?",
    "nora: ok",
    "nora: The port office confirmed pier 4 ✅",
  ],
  ["timo: I'll fix the Safari bug today", "nora: thanks", "timo: The Safari bug is fixed: the app keeps the session"],
  ["ada: @nora please update the timetable page", "nora: will do", "ada: Timetable page is updated, thanks Nora"],
  ["ada: @nora can you order the pump?", "nora: yes, I'll do it today", "nora: it's ordered, number 77-3120"],
  ["timo: I'll send the list to finance", "ada: great", "timo: done"],
  ["timo: I'll prepare the offer for the bank", "ada: great", "timo: Offer published"],
  ["ada: Nora, please order twelve boots", "timo: hm", "nora >m1: ordered this morning"],
  ["ada: The staging server is out of disk space", "ada: can you take a look, Timo?", "timo: The server is fixed"],
  ["ada: The staging server is out of disk space", "ada: can you fix it, Timo?", "timo: Staging server is back up now"],
  ["ivan: Лена, можешь заказать насос?", "lena: да, закажу завтра", "lena: Насос заказан"],
  ["ivan: Лена, отправь список причалов", "ivan: пожалуйста", "lena: отправила список"],
])("nothing is left to do of “%s”, “%s” after “%s”", (said) => {
  expect(lines(read(...said)).filter((line) => line.startsWith("Task"))).toEqual([]);
  // The last message alone leads to nothing either.
  expect(read(said[2].replace(/ >m\d/u, ""))).toEqual([]);
});

test.for([
  "nora: Is the permit filed?",
  "nora: The permit is not filed yet",
  "nora: I haven't filed the permit",
  "nora: Nobody filed the permit",
  "nora: The permit will be filed tomorrow",
  "nora: The permit has to be filed on paper",
  "nora: Once the permit is filed we can start",
  "nora: The crane permit is filed",
  "nora: The invoice is filed",
  "nora: Permit 5 is filed",
  "nora: I called the office about the permit",
  "nora: agreed",
])("the permit is still to be filed after “%s”", (after) => {
  const tasks = read("timo: @nora can you file the harbour permit 4 for the pier?", "nora: ok", after);
  expect(lines(tasks).join()).toContain("File the harbour permit 4");
});

test("what was found to be the cause goes with the cure; what is blocked hangs on what it points to; what comes again is a pattern", () => {
  const found = read(
    "timo: Turns out the sea strainer was half full of weed. Cleaning it brought the engine down 4 degrees.",
    "ada: New problem: the payment provider rejects every refund over 200, error 4012",
    "ada: That blocks the refund of the school group, their support needs 48 hours",
    "nora: The ramp alarm goes off whenever we load more than two trucks",
    "ada: It turns out the supplier had the wrong address",
  );
  expect(found.map(({ noteType, title, links }) => [noteType, title, links])).toEqual([
    ["Solution", "Cleaning the sea strainer brought the engine down 4 degrees", []],
    ["Problem", "The payment provider rejects every refund over 200, error 4012", []],
    ["Blocker", "Blocked: the refund of the school group", [{ relation: "depends_on", to: "p2" }]],
    ["Pattern", "The ramp alarm goes off whenever we load more than two trucks", []],
    ["Insight", "The supplier had the wrong address", []],
  ]);
});

test("a question that is asked again is one, also where it was asked in an earlier part of the run", () => {
  const first = "Does anyone know who has the login for the old payment portal?";
  const again = "ada: Still no login for the old payment portal, does anyone know who set it up?";
  expect(lines(read(`ada: ${first}`, again))).toEqual([`Question/question: ${first}`]);
  const later = { chatTitle: "Shop", timeZone: "UTC", messages: talk(again) };
  expect(findByRules({ ...later, earlier: [first] })).toEqual([]);
  expect(findByRules({ ...later, earlier: ["Does anyone know the code of the old gate?"] })).toHaveLength(1);
});

test("a thing that is named in full once and then in short becomes a topic", () => {
  const topics = (...said: string[]) =>
    read(...said)
      .filter(({ kind }) => kind === "topic")
      .map(({ title, quotes }) => [title, quotes.length]);
  const said = ["ada: The card reader at pier 2 beeps", "timo: Is it the reader or the network?", "ada: the reader."];
  expect(topics(...said)).toEqual([["Card reader", 3]]);
  expect(topics(...said, "timo: and the badge reader?")).toEqual([]);
});
