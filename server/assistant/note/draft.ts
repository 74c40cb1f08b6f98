import { z } from "zod";

import { escapeText } from "#server/knowledge/index.ts";
import { NoteType } from "#server/knowledge/schema.ts";
import { defineDecision, tagged } from "#server/llm/index.ts";

/** All that a note is written from. */
export type NoteInput = {
  messages: Array<{ id: string; author: string; text: string; forwardedFrom: string | null }>;
  files: Array<{ name: string; text: string | null }>;
  pages: Array<{ url: string; title: string | null; text: string }>;
  /** Topics that there are, so that none is made twice under two names. */
  topics: string[];
};

const FENCES = ["message", "file", "page", "topics"];
/** As much of a file or page as a model needs to know what it is about. */
const MAX_EXCERPT = 6_000;
const MAX_TITLE = 120;
const MAX_SENTENCE = 200;
/** What says nothing in a title. */
const NOT_A_TITLE = /https?:\/\/\S+|(?<![\p{L}\p{N}/#])#[\p{L}\p{N}_]{2,40}/gu;
const HASHTAG = /(?<![\p{L}\p{N}/#])#([\p{L}\p{N}_]{2,40})/gu;

export const NoteWords = z.object({
  type: NoteType.exclude(["Task", "Topic"]),
  title: z.string(),
  /** One sentence. */
  summary: z.string(),
  /** Markdown without headings of level 1. */
  body: z.string(),
  topic: z.string().nullable(),
  tags: z.array(z.string()),
});
export type NoteWords = z.infer<typeof NoteWords>;

/** What a note is called, and how it is ordered: with a model a structured one, without one the words as they were. */
export const noteDecision = defineDecision<NoteInput, NoteWords>({
  useCase: "assistant.note",
  version: 1,
  trust: "untrusted",
  output: NoteWords,
  system: [
    "You turn messages of a chat into one note of a team's knowledge base.",
    "Write in the language of the messages. Keep every fact, number, name, date and link; add none. Say who said what only where it matters.",
    "title: what the note is about, at most 80 characters, no full stop. summary: one sentence. body: Markdown with short paragraphs,",
    "lists and, where it is long, headings of level 2. Cite the messages that a paragraph rests on as [^m1], [^m2] … by their ids.",
    "type: Decision, Question, Problem, Solution, Insight, Pattern, Requirement, Risk, Blocker, or Note where none fits.",
    "topic: one of the topics given where one fits, else a new short one, or null. tags: at most five, lower case.",
  ].join("\n"),
  prompt: ({ messages, files, pages, topics }) =>
    [
      tagged("topics", {}, topics.join("; "), FENCES),
      ...messages.map((message, index) =>
        tagged(
          "message",
          { id: `m${index + 1}`, from: message.author, forwarded_from: message.forwardedFrom },
          message.text,
          FENCES,
        ),
      ),
      ...files.map(({ name, text }) => tagged("file", { name }, (text ?? "").slice(0, MAX_EXCERPT), FENCES)),
      ...pages.map(({ url, title, text }) => tagged("page", { url, title }, text.slice(0, MAX_EXCERPT), FENCES)),
    ].join("\n"),
  rules: writeByRules,
});

/** The words as they were written, in their order, under a title that is theirs. */
function writeByRules({ messages, files, pages, topics }: NoteInput): NoteWords {
  const spoken = messages.filter(({ text }) => text.trim() !== "");
  const all = [
    ...spoken.map(({ text }) => text),
    ...pages.map(({ title }) => title ?? ""),
    ...files.map(({ text, name }) => text || name),
  ];
  const first = all.map((text) => firstSentence(text.replaceAll(NOT_A_TITLE, ""))).find((each) => each !== "") ?? "";
  const words = spoken.map(({ text }) => text).join("\n");
  const tags = [...new Set([...words.matchAll(HASHTAG)].map(([, tag = ""]) => tag.toLowerCase()))];
  const topic = topics.find((each) => tags.includes(each.toLowerCase().replaceAll(/\s+/g, "_"))) ?? null;
  return {
    type: /\?\s*$/u.test(words.trim()) && spoken.length === 1 ? "Question" : "Note",
    title: shorten(first.replace(/[\s.!…:]+$/u, ""), MAX_TITLE),
    summary: shorten(first, MAX_SENTENCE),
    body: spoken.map((message) => asParagraphs(message)).join("\n\n"),
    topic,
    tags: tags.slice(0, 5),
  };
}

/** The text of a message as Markdown that shows it as it was: its lines and lists stay. */
function asParagraphs({ text, forwardedFrom }: NoteInput["messages"][number]): string {
  const lines = text.split("\n").map((line) => {
    const [, mark, rest] = /^\s*([-*•–]|\d{1,3}[.)])\s+(.*)$/u.exec(line) ?? [];
    if (mark === undefined || rest === undefined)
      return `${escapeText(line)}  `.trimEnd() === "" ? "" : `${escapeText(line)}  `;
    return /^\d/.test(mark) ? `${Number.parseInt(mark, 10)}. ${escapeText(rest)}` : `- ${escapeText(rest)}`;
  });
  const body = lines.join("\n").trim();
  return forwardedFrom === null ? body : `${escapeText(forwardedFrom)}:\n\n${body}`;
}

function firstSentence(text: string): string {
  const [line = ""] = text
    .split("\n")
    .map((each) => each.replace(/^[#>*\-•\s]+/u, "").trim())
    .filter((each) => each.replaceAll(/https?:\/\/\S+|[^\p{L}\p{N}]/gu, "") !== "");
  const [first] = new Intl.Segmenter("en", { granularity: "sentence" }).segment(line);
  return first?.segment.trim() ?? "";
}

/** At most so many characters, ending with a whole word. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1).toWellFormed();
  const lastBreak = cut.lastIndexOf(" ");
  return `${(lastBreak > most / 2 ? cut.slice(0, lastBreak) : cut).trimEnd()}…`;
}
