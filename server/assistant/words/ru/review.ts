import type { review as english } from "../en/review.ts";
import type { Same } from "../same.ts";

/** What the assistant says of proposals and their review, in Russian. */
export const review: Same<typeof english> = {
  kind: { task: "Задача", topic: "Тема", atom: "Факт", note: "Заметка" },
  change: {
    plain: "Новый файл в базе знаний.",
    topic: "Новый файл в базе знаний, раздел «{topic}».",
  },
  evidence: {
    strong: "Надёжно подтверждено.",
    fair: "Неплохо подтверждено.",
    weak: "Слабо подтверждено: проверьте.",
    none: "Цитаты, которая это подтверждает, нет.",
  },
  changedSince: "с тех пор изменено",
  putBack: "Снова на проверке ({who}, {when}): {reason}",
  putBackSilently: "Снова на проверке ({who}, {when}).",
  decided: {
    approved: "Одобрено",
    rejected: "Отклонено",
    merged: "Объединено",
    by: "{who}, {when}.",
    into: "С «{title}».",
  },
  more: "{count, plural, one {И ещё # предложение ждёт.} few {И ещё # предложения ждут.} other {И ещё # предложений ждут.}}",
  noMore: "Больше предложений нет.",
  recorded: "Записано: {title}",
  recordedNoMore: "Больше не записано, снова на проверке: {title}",
  button: {
    approve: "Одобрить",
    reject: "Отклонить",
    merge: "Объединить с {title}",
    dashboard: "Открыть на сайте",
    next: "Показать следующее",
    object: "Мы не это имели в виду",
  },
  tap: {
    approved: "Одобрено.",
    rejected: "Отклонено.",
    merged: "Объединено.",
    pending: "Снова на проверке.",
    none: "Больше предложений нет.",
    late: {
      approved: "Уже одобрено: {who}, {when}.",
      rejected: "Уже отклонено: {who}, {when}.",
      merged: "Уже объединено: {who}, {when}.",
      pending: "Уже изменено: {who}, {when}. Посмотрите ещё раз и решите.",
    },
  },
  objection: {
    ask: "{who}, что вы имели в виду под «{title}»? Ответьте на это сообщение одним сообщением в течение десяти минут.",
    done: "Спасибо. «{title}» больше не записано: проверяющий решит с учётом ваших слов.",
    already: "«{title}» уже снова на проверке.",
    late: "Ответ пришёл позже чем через десять минут, поэтому ничего не изменилось. Чтобы возразить против «{title}», нажмите «Мы не это имели в виду» ещё раз.",
    empty:
      "В сообщении нет слов, поэтому ничего не изменилось. Чтобы возразить против «{title}», нажмите «Мы не это имели в виду» ещё раз.",
    stuck: "«{title}» нельзя убрать само по себе: на этом построено другое. Проверяющие получили то, что вы написали.",
    gone: "Этого больше нет.",
    told: "{who} говорит, что «{title}» — не то, что имелось в виду: {reason}",
  },
};
