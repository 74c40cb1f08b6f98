import type { PostInput } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";

import type { Addresses } from "../addresses.ts";
import type { RequestResult } from "../schema.ts";
import type { Words } from "../words/index.ts";

type Answer = Extract<RequestResult, { type: "answer" }>;

/** An answer with its numbered sources and how sure one may be. */
export function answerPost(result: Answer, { words, at }: { words: Words; at: Addresses }): PostInput {
  const sources = result.sources.map(({ number, noteId, title, heading, line }) => {
    const name = escapeText(heading && heading !== title ? `${title} › ${heading}` : title);
    return `${number}\\. ${noteId ? `[${name}](${at.note(noteId, line)})` : name}`;
  });
  const isKnown = result.confidence !== "none";
  const facts = [
    result.confidence === "none" ? "" : words(`ask.confidence.${result.confidence}`),
    result.generatedBy !== "rules" || !isKnown ? "" : result.fellBack ? words("core.fellBack") : words("core.byRules"),
    words("core.took", { seconds: result.tookMs / 1000 }),
  ];
  const listed = sources.length > 0 ? `${words(isKnown ? "ask.sources" : "ask.nearest")}\n\n${sources.join("\n")}` : "";
  return { text: [result.text, listed, facts.filter(Boolean).join(" ")].filter(Boolean).join("\n\n") };
}
