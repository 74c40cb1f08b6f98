import type { Passage } from "#server/knowledge/index.ts";
import { tagged } from "#server/llm/index.ts";

/** What the model says when the passages hold no answer. */
export const UNKNOWN = "NOT_IN_THE_NOTES";

const FENCES = ["passage", "question"];

/** The question of ask mode; its version is raised with each change. */
export const ANSWER = {
  useCase: "assistant.ask",
  version: 1,
  system: [
    "You answer questions of a team from passages of its knowledge base, and from nothing else.",
    "Answer in the language of the question, briefly, in Markdown without headings. After each claim name the passages that it rests",
    "on by their numbers in square brackets, as [1] or [2][3]. Never name a number that is not given. Add no list of sources.",
    "Where passages contradict each other, say so with both. Never use what you know from elsewhere.",
    `Where the passages do not hold the answer, say ${UNKNOWN} and nothing else.`,
  ].join("\n"),
};

/** A question with the passages that were read for it, as data. */
export function questionPrompt(question: string, passages: Passage[]): string {
  const given = passages.map((passage, index) =>
    tagged(
      "passage",
      {
        number: String(index + 1),
        note: passage.title,
        heading: passage.headings.at(-1) ?? null,
        approved: passage.verified ? "yes" : "no",
        status: passage.status,
        date: passage.committedAt.toISOString().slice(0, 10),
      },
      passage.text,
      FENCES,
    ),
  );
  return [...given, tagged("question", {}, question, FENCES)].join("\n");
}
