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
  expect(findByRules({ ...input, messages: talk("nora: morning") })).toEqual([]);
});
