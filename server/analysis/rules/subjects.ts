import type { ExtractInput } from "../extraction/prompt.ts";

/** Says what a text is about, in the names that the team uses. */
export type Subjects = {
  /** The part of the project or the approved topic that the text names, else what the chat is about; null where nothing says. */
  topicOf: (text: string) => string | null;
  /** The team's keywords, and the parts that are named beside the topic. */
  tagsOf: (text: string) => string[];
  /** The parts that the text names, by their names. */
  partsIn: (text: string) => string[];
  /** Whether this is the name of something that is known already. */
  isKnown: (name: string) => boolean;
};

type Named = { name: string; forms: string[] };

/** @param input the project as the team told it, the approved topics, the title of the chat */
export function subjectsOf({
  project,
  topics = [],
  chatTitle,
}: Pick<ExtractInput, "project" | "topics" | "chatTitle">): Subjects {
  const parts = (project?.components ?? []).map(named);
  const known = topics.map(named);
  const keywords = (project?.keywords ?? []).map((word) => named({ name: word, aliases: [] }));
  const chat = topicOfChat(chatTitle);
  const namesIn = (text: string, all: readonly Named[]) => {
    const words = foldedWords(text);
    return all.filter(({ forms }) => forms.some((form) => isNamed(words, form))).map(({ name }) => name);
  };
  const topicOf = (text: string) => namesIn(text, parts)[0] ?? namesIn(text, known)[0] ?? chat;
  return {
    topicOf,
    tagsOf: (text) => {
      const topic = topicOf(text);
      return [...namesIn(text, keywords), ...namesIn(text, parts)]
        .filter((name) => name !== topic)
        .map((name) => name.toLowerCase().replace(/\s+/gu, "-"));
    },
    partsIn: (text) => namesIn(text, parts),
    isKnown: (name) => {
      const folded = foldedWords(name);
      return chat !== null && folded === foldedWords(chat) ? true : known.some(({ forms }) => forms.includes(folded));
    },
  };
}

function named({ name, aliases }: { name: string; aliases: readonly string[] }): Named {
  return { name, forms: [name, ...aliases].map(foldedWords).filter((form) => form.trim() !== "") };
}

/** " the card reader ": lower case, one space around each word, nothing else. */
export function foldedWords(text: string): string {
  const words =
    text
      .normalize("NFKC")
      .toLowerCase()
      .replaceAll("ё", "е")
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return ` ${words.join(" ")} `;
}

/** Whether the name stands there; with another ending too ("readers", "кассе"), where it is long enough to be sure. */
function isNamed(words: string, form: string): boolean {
  if (words.includes(form)) return true;
  const stem = form.trimEnd();
  if (stem.length < 5) return false;
  const bare = /\p{Script=Cyrillic}/u.test(stem) ? stem.replace(/[аеиоуыьэюяй]$/u, "") : stem;
  for (let at = words.indexOf(bare); at !== -1; at = words.indexOf(bare, at + 1)) {
    const end = words.indexOf(" ", at + bare.length);
    if (end - at - bare.length <= 2) return true;
  }
  return false;
}

/** The chat's title says what a forum topic or a project group is about; a general one says nothing. */
function topicOfChat(chatTitle: string): string | null {
  // A forum topic is titled "Group › Topic".
  const title = chatTitle.split("›").at(-1)?.trim() ?? "";
  return title === "" || /^(?:general|main|chat|team|group|all|lobby|общий|чат|основной)$/iu.test(title) ? null : title;
}
