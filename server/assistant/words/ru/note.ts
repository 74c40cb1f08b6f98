import type { note as english } from "../en/note.ts";
import type { Same } from "../same.ts";

/** What the assistant says of notes, in Russian. */
export const note: Same<typeof english> = {
  done: "Заметка записана",
  proposed: "Отправлено на проверку",
  deleted: "Заметка удалена",
  undone: "Заметка убрана обратно",
  duplicate: "Это уже есть в базе знаний",
  related: "Похожие заметки:",
  sourceEdited: "Вы изменили сообщение. В заметке «{title}» осталось то, что было.",
  duplicatePending: "Это уже ждёт проверки",
  tooLong: "Это слишком длинно для одной заметки. Пришлите по частям.",
  filesLeft: "Файлы не хранятся, пока заметка ждёт проверки; сохраняется только их текст.",
  reviewedHere: "Заметки здесь проверяются: попросите проверяющего изменить эту.",
  onlyWords: "Заметке можно дать только слова. Нажмите «Изменить» ещё раз и пришлите их без файла.",
  sources: "Источники",
  files: "Файлы",
  links: "Ссылки",
  askDelete: "Удалить «{title}»? Она останется в истории, её можно вернуть.",
  askText: "Пришлите новый текст «{title}» следующим сообщением или /cancel. Сейчас в ней:",
  edited: "Новый текст записан",
  button: {
    view: "Открыть",
    edit: "Изменить",
    delete: "Удалить",
    deleteSure: "Да, удалить",
    keep: "Оставить",
  },
  problem: {
    tooLarge: "{name} больше того, что бот может скачать ({size}); сохранено только имя.",
    failed: "{name} не удалось скачать; сохранено только имя.",
    unreadable: "{name} сохранён как есть: {why}",
    notHeard: "{name} сохранён как есть: прослушать его здесь нечем.",
    link: "{url} не удалось прочитать: {why}",
  },
};
