import { createTranslator } from "use-intl/core";

import { agent as agentEn } from "./en/agent.ts";
import { ask as askEn } from "./en/ask.ts";
import { commands as commandsEn } from "./en/commands.ts";
import { core as coreEn } from "./en/core.ts";
import { me as meEn } from "./en/me.ts";
import { note as noteEn } from "./en/note.ts";
import { settings as settingsEn } from "./en/settings.ts";
import { review as reviewEn } from "./en/review.ts";
import { agent as agentRu } from "./ru/agent.ts";
import { ask as askRu } from "./ru/ask.ts";
import { commands as commandsRu } from "./ru/commands.ts";
import { core as coreRu } from "./ru/core.ts";
import { me as meRu } from "./ru/me.ts";
import { note as noteRu } from "./ru/note.ts";
import { settings as settingsRu } from "./ru/settings.ts";
import { review as reviewRu } from "./ru/review.ts";

const catalogues = {
  en: {
    core: coreEn,
    note: noteEn,
    ask: askEn,
    agent: agentEn,
    review: reviewEn,
    commands: commandsEn,
    settings: settingsEn,
    me: meEn,
  },
  ru: {
    core: coreRu,
    note: noteRu,
    ask: askRu,
    agent: agentRu,
    review: reviewRu,
    commands: commandsRu,
    settings: settingsRu,
    me: meRu,
  },
} as const;

/** The languages that the assistant speaks. */
export type Language = keyof typeof catalogues;

/** A sentence of the catalogue in one language: `words("core.stage.reading")`, with the values that it asks for. */
export type Words = ReturnType<typeof wordsIn>;

const translators = new Map<Language, ReturnType<typeof makeTranslator>>();

/** The words of a language. */
export function wordsIn(language: Language) {
  const known = translators.get(language) ?? makeTranslator(language);
  translators.set(language, known);
  return known;
}

/** Which of our languages someone is spoken to in: what they chose, or what their client speaks, or English. */
export function languageOf(chosen: "auto" | Language, client: string | null): Language {
  if (chosen !== "auto") return chosen;
  return client?.toLowerCase().startsWith("ru") ? "ru" : "en";
}

function makeTranslator(language: Language) {
  return createTranslator({
    locale: language,
    // Both have the same keys; the compiler takes the sentences themselves from the English ones.
    messages: catalogues[language] as (typeof catalogues)["en"],
    timeZone: "UTC",
    onError: (error) => {
      throw error;
    },
  });
}
