import { personalRegistry } from "#server/settings/index.ts";

import { type Language, languageOf, type Words, wordsIn } from "./words/index.ts";

type Listener = { language: string | null; settings: Array<{ key: string; value: unknown }> };

/** The language that a person is spoken to in. */
export function languageFor(person: Listener): Language {
  const chosen = personalRegistry.language.schema.safeParse(
    person.settings.find((setting) => setting.key === "language")?.value,
  );
  return languageOf(chosen.success ? chosen.data : "auto", person.language);
}

/** The catalogue in the language that a person is spoken to in. */
export const wordsFor = (person: Listener): Words => wordsIn(languageFor(person));

/** A moment as a clock of the space shows it. */
export function clockTime(at: Date, { timeZone, language }: { timeZone: string; language: Language }): string {
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone,
  }).format(at);
}
