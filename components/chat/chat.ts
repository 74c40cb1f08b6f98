import type { Outputs } from "#components/trpc/client.tsx";
import type { AssistantMode } from "#server/assistant/schema.ts";

export type Chat = Outputs["chat"]["list"];
export type Item = Chat["items"][number];
export type Said = Extract<Item, { from: "you" }>;
export type Post = Extract<Item, { from: "winnow" }>;
export type PostButton = Post["buttons"][number][number];

/** What a message without a command asks for, in the words of this page. */
export const MODES = {
  note: { label: "Note", hint: "What you write becomes a note" },
  ask: { label: "Ask", hint: "What you write is a question to the notes" },
  agent: { label: "Agent", hint: "What you write is a task: the notes are changed as you say" },
} as const satisfies Record<AssistantMode, { label: string; hint: string }>;

/** What can be written with a slash; those with `takesWords` wait for more of it. */
export const SLASH_COMMANDS = [
  { name: "note", what: "Keep something as a note", takesWords: true },
  { name: "ask", what: "Ask the notes a question", takesWords: true },
  { name: "agent", what: "Have the notes changed", takesWords: true },
  { name: "model", what: "Choose the model", takesWords: false },
  { name: "settings", what: "Change how Winnow works", takesWords: false },
  { name: "status", what: "What is under way", takesWords: false },
  { name: "reset", what: "Start a fresh conversation", takesWords: false },
  { name: "cancel", what: "Stop what is under way", takesWords: false },
  { name: "me", what: "What is kept about you", takesWords: false },
  { name: "kb", what: "Where the knowledge base is", takesWords: false },
  { name: "help", what: "What Winnow can do", takesWords: false },
] as const;
export type SlashCommand = (typeof SLASH_COMMANDS)[number];

/** The commands that a text may become: it is a slash and the beginning of a word, and nothing else. */
export function suggestionsFor(text: string): readonly SlashCommand[] {
  const begun = /^\/([a-z]*)$/i.exec(text)?.[1]?.toLowerCase();
  return begun === undefined ? [] : SLASH_COMMANDS.filter(({ name }) => name.startsWith(begun));
}

/** The words of Markdown without its signs, for reading aloud. */
export function plainOf(markdown: string): string {
  return markdown
    .replaceAll(/!?\[((?:\\.|[^\]\\])*)\]\([^)]*\)/g, "$1")
    .replaceAll(/^\s{0,3}(?:#{1,6}|>|[-*+])\s+/gm, "")
    .replaceAll(/(?<!\\)[*_`~]+/g, "")
    .replaceAll(/\\([^\w\s])/g, "$1")
    .trim();
}

/**
 * The links of a text that lead to pages of this dashboard, as paths, so that they open here.
 * @param origin where the dashboard is open, null where that is not known yet
 */
export function withPathsInside(markdown: string, origin: string | null): string {
  return origin === null ? markdown : markdown.replaceAll(`](${origin}/s/`, "](/s/");
}

/** In a chat a new line is a new line, as people see it in Telegram. */
export function withLineBreaks(markdown: string): string {
  return markdown.replaceAll(/(?<=\S)\n(?=[^\n\s>|#*+-])/g, "  \n");
}

/** The path of an address that leads to a page of this dashboard, else null. */
export function pathInside(url: string, origin: string | null): string | null {
  if (url.startsWith("/s/")) return url;
  return origin !== null && url.startsWith(`${origin}/s/`) ? url.slice(origin.length) : null;
}
