import { type Language, wordsIn } from "../words/index.ts";

const ALL = ["note", "ask", "agent", "help", "status", "model", "settings", "me", "kb", "reset", "cancel"] as const;
const GROUPS = ["note", "ask", "agent", "status", "help"] as const;

type Name = (typeof ALL)[number];
/** What a channel offers to those who type a slash, in one kind of chats and one language; `""` is for all other languages. */
type Offer = {
  scope: "all_private_chats" | "all_group_chats" | "all_chat_administrators";
  language: "" | "ru";
  commands: Array<{ command: Name; description: string }>;
};

/** The commands that are offered, by kind of chat and language. */
export function commandCatalogue(): Offer[] {
  const scopes: Array<[Offer["scope"], readonly Name[]]> = [
    ["all_private_chats", ALL],
    ["all_group_chats", GROUPS],
    ["all_chat_administrators", [...GROUPS, "settings"]],
  ];
  const languages: Array<[Offer["language"], Language]> = [
    ["", "en"],
    ["ru", "ru"],
  ];
  return scopes.flatMap(([scope, names]) =>
    languages.map(([language, spoken]) => ({ scope, language, commands: listOf(names, spoken) })),
  );
}

function listOf(names: readonly Name[], language: Language) {
  const words = wordsIn(language);
  return names.map((command) => ({ command, description: words(`commands.list.${command}`) }));
}

/** The commands besides those of the three modes, a line each. */
export function otherCommands(language: Language, isPrivate: boolean): string {
  const names = (isPrivate ? ALL : GROUPS).filter((name) => !["note", "ask", "agent", "help"].includes(name));
  return listOf(names, language)
    .map(({ command, description }) => `- /${command} – ${description}`)
    .join("\n");
}
