import type { z } from "zod";

import type { SettingGroup, SettingKey } from "#server/settings/index.ts";

import type { settings as english } from "../en/settings.ts";
import type { Same } from "../same.ts";

/** What the settings menu of a chat says, in Russian. */
export const settings: Same<typeof english> = {
  title: "Настройки",
  you: "Вы",
  pick: "Что поменяем?",
  now: "Сейчас: **{value}** ({source})",
  source: { default: "по умолчанию", own: "ваш выбор", space: "задано: {who}" },
  value: { on: "включено", off: "выключено", none: "нет" },
  language: { auto: "Как в приложении", en: "English", ru: "Русский" },
  personal: {
    language: { label: "Язык", about: "На каком языке я с вами говорю." },
    model: {
      label: "Модель",
      about: "Какая модель вам отвечает, если в разговоре не выбрана другая. Список: /model.",
    },
    cards: {
      label: "Предложения карточками",
      about: "Присылать ли вам новые предложения карточками, чтобы решать прямо здесь.",
    },
  },
  send: "Пришлите новое значение следующим сообщением или /cancel.",
  sendInGroup: "Пришлите новое значение ответом на это сообщение или /cancel.",
  wrong: "Так не получится. {why}",
  reason: {
    toggle: "Можно только включить или выключить.",
    choice: "Возможные значения: {options}.",
    number: "Нужно целое число от {min} до {max}.",
    text: "Нужно название модели, например gpt-4.1-mini.",
  },
  changed: "Изменено.",
  closed: "Настройки закрыты. Открыть снова: /settings.",
  button: { type: "Ввести значение", default: "По умолчанию", none: "Никакая" },
};

/** The parts of a space's settings. */
export const groupNames: Record<z.infer<typeof SettingGroup>, string> = {
  "Reading messages": "Разбор сообщений",
  "Knowledge base": "База знаний",
  Assistant: "Помощник",
  Telegram: "Telegram",
};

/** What a setting of a space is called, and what changes with it: a setting without them does not compile. */
export const settingNames: Record<SettingKey, { label: string; about: string }> = {
  "analysis.parallelBatches": {
    label: "Порций одновременно",
    about: "Сколько порций одного разбора модель читает сразу. Действует со следующего разбора.",
  },
  "analysis.batchMinutes": {
    label: "Минут в порции",
    about: "Какой отрезок переписки модель читает за раз, в минутах.",
  },
  "analysis.batchMessages": {
    label: "Сообщений в порции",
    about: "Сколько сообщений модель читает за раз, не больше.",
  },
  "kb.lockTimeoutS": {
    label: "Сколько ждать базу знаний",
    about: "Сколько запись ждёт, пока закончится другая, прежде чем отложить попытку, в секундах.",
  },
  "kb.pushBatchMs": {
    label: "Пауза перед отправкой",
    about: "Сколько времени копятся коммиты, чтобы уйти вместе, в миллисекундах.",
  },
  "kb.commitPer": {
    label: "Один коммит на",
    about:
      "заметку: каждое одобрение сразу становится коммитом. сеанс: одобрения одного человека уходят одним коммитом, когда он сделал паузу или решил последнее из разбора.",
  },
  "kb.sessionPauseS": {
    label: "Конец сеанса проверки",
    about: "Если коммит на сеанс: после какой паузы без решений он записывается, в секундах.",
  },
  "kb.handEdits": {
    label: "Файлы, изменённые в папке",
    about:
      "записывать: то, что человек поменял в папке руками, становится коммитом от его имени. не трогать: остаётся как есть и видно на странице синхронизации.",
  },
  "kb.syncEveryS": {
    label: "Как часто сверяться",
    about: "Как часто проверяются удалённый репозиторий и папка, когда больше ничего не происходит, в секундах.",
  },
  "messages.groupWindowS": {
    label: "Сообщения, которые вместе",
    about:
      "Сколько после сообщения заметки следующее от того же человека ещё считается её частью, в секундах; всего не дольше пяти минут.",
  },
  "assistant.notes": {
    label: "Заметки из чата",
    about: "сразу: заметка тут же в базе знаний. через проверку: она становится предложением, его решает проверяющий.",
  },
  "assistant.model": {
    label: "Модель помощника",
    about: "Какая модель отвечает тем, кто не выбрал свою. Пусто: LLM_MODEL.",
  },
  "assistant.embeddingModel": {
    label: "Модель для поиска по смыслу",
    about: "Используется, если сервис её предлагает. Пусто: заметки ищутся только по словам.",
  },
  "assistant.transcriptionModel": {
    label: "Модель, которая слушает",
    about: "Расшифровывает голосовые, если сервис её предлагает. Пусто: они хранятся как есть.",
  },
  "assistant.perPersonPerMinute": {
    label: "Просьб от одного человека",
    about: "Сколько заметок, вопросов и заданий одного человека начинается за минуту; остальные ждут.",
  },
  "assistant.perSpacePerMinute": {
    label: "Просьб от всех",
    about: "Сколько заметок, вопросов и заданий всех вместе начинается за минуту; остальные ждут.",
  },
  "assistant.agentSteps": {
    label: "Шагов в задании",
    about: "После стольких ответов модели задание заканчивается, ничего не записав.",
  },
  "assistant.agentTimeS": {
    label: "Время на задание",
    about: "Через столько секунд задание заканчивается, ничего не записав.",
  },
  "assistant.agentTokens": {
    label: "Токенов на задание",
    about: "Сколько токенов модели может потратить одно задание.",
  },
  "assistant.agentCostCents": {
    label: "Цена задания",
    about: "Сколько может стоить одно задание, в центах США; считается там, где цена модели известна.",
  },
  "telegram.access": {
    label: "Кого я слышу",
    about:
      "приглашённых: людей и группы, которых впустили. всех: любого, кто найдёт бота. От остальных ничего не хранится.",
  },
  "telegram.cardsPerRun": {
    label: "Предложений карточками",
    about: "Сколько нерешённых предложений проверяющий видит в личном чате карточками сразу; 0: нисколько.",
  },
  "telegram.approvedLine": {
    label: "Строка о записанном",
    about: "Узнаёт ли группа, откуда пришло предложение, без звука, что его одобрили.",
  },
};

/** What the values are called that one chooses between, by their names in the registry. */
export const choiceNames: Readonly<Record<string, string>> = {
  note: "заметку",
  session: "сеанс",
  commit: "записывать",
  leave: "не трогать",
  write: "сразу",
  review: "через проверку",
  paired: "приглашённых",
  everyone: "всех",
};
