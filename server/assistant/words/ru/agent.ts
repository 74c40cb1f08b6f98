import type { agent as english } from "../en/agent.ts";
import type { Same } from "../same.ts";

/** What the assistant says of tasks, in Russian. */
export const agent: Same<typeof english> = {
  done: "Задание выполнено",
  files: "Файлы:",
  nothing: "Задание выполнено: менять ничего не пришлось",
  undone: "Задание отменено, изменения возвращены",
  parked: "Задание выполнено, но не записано: те же места изменил кто-то ещё",
  parkedWay: "Обе версии сохранены. Какая останется, решит проверяющий на странице «Sync».",
  written: "Задание выполнено и записано, но Winnow перезапустился раньше, чем смог рассказать, что сделано.",
  plan: "План",
  steps: "Пока {count, plural, one {# шаг} few {# шага} other {# шагов}}",
  tools: "Инструменты: {tools}",
  spent: "{steps, plural, one {# ответ} few {# ответа} other {# ответов}} модели, токенов: {tokens, number}",
  cost: "{cents, number, ::.00} ¢",
  moreFiles: "{count, plural, one {ещё # файл} few {ещё # файла} other {ещё # файлов}}",
  change: { added: "Новый", changed: "Изменён", removed: "Удалён" },
  button: { diff: "Посмотреть изменения" },
  noModel:
    "Для задания нужна модель, а здесь её нет. Ничего не сделано. Без модели работают /note и /ask; администратор может задать OPENAI_API_KEY или OPENAI_BASE_URL.",
  noWords: "Напишите после /agent своими словами, что нужно сделать. Ничего не сделано.",
  limit: {
    steps:
      "Задание не выполнено за {most, plural, one {# ответ} few {# ответа} other {# ответов}} модели, а больше ему нельзя.",
    seconds:
      "Задание не выполнено за {most, plural, one {# секунду} few {# секунды} other {# секунд}}, а дольше ему нельзя.",
    tokens: "Заданию нужно больше токенов, чем ему можно: {most, number}.",
    cents: "Задание стоит больше, чем ему можно; предел в центах США: {most, number}.",
    soFar: "Пока сделано: {steps, plural, one {# ответ} few {# ответа} other {# ответов}} модели; {tools}.",
    files: "Файлы:",
    nothing: "Оно ещё не началось.",
    wayOut: "Ничего не записано. Дайте его по частям или попросите администратора поднять предел в настройках.",
  },
};
