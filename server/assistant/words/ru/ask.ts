import type { ask as english } from "../en/ask.ts";
import type { Same } from "../same.ts";

/** What the assistant says of questions, in Russian. */
export const ask: Same<typeof english> = {
  sources: "Источники:",
  nearest: "Ближайшие заметки:",
  unknown: "Не знаю: в заметках об этом нет.",
  quoted: "В заметках сказано:",
  confidence: {
    strong: "Надёжно подтверждено.",
    fair: "Неплохо подтверждено.",
    weak: "Слабо подтверждено: проверьте.",
  },
  button: { save: "Сохранить заметкой" },
};
