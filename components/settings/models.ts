import type { Outputs } from "#components/trpc/client.tsx";
import type { ModelUse, ProviderKind } from "#server/llm/schema.ts";

export type Models = Outputs["models"]["list"];
export type Provider = Models["providers"][number];
export type Choice = Models["choices"][ModelUse][number];

/** What a model is asked for, in the words of a person who decides on it. */
export const USE_WORDS = {
  extraction: { label: "Reading messages", about: "Finds tasks, topics and facts in what was said." },
  notes: { label: "Writing notes", about: "Puts what somebody says with /note into words." },
  answers: { label: "Answering questions", about: "Answers /ask from the notes." },
  agent: { label: "Doing tasks", about: "Changes notes step by step for /agent." },
  embeddings: { label: "Search by meaning", about: "Turns notes and questions into numbers that can be compared." },
} as const satisfies Record<ModelUse, { label: string; about: string }>;

/** What happens where neither the space nor the server has a model for a use. */
export const WITHOUT_MODEL = {
  extraction: "the built-in rules read messages; they are no model",
  notes: "notes keep people’s words as they are",
  answers: "answers quote the notes",
  agent: "tasks have to wait",
  embeddings: "notes are found by their words alone",
} as const satisfies Record<ModelUse, string>;

export const KIND_WORDS = {
  openai: "OpenAI",
  github: "GitHub Models",
  ollama: "Ollama",
  openrouter: "OpenRouter",
  compatible: "Any other endpoint that speaks as OpenAI’s does",
} as const satisfies Record<ProviderKind, string>;

/** Who answers with a model, as a choice names it. */
export function providerName({ providers }: Models, providerId: string | null): string {
  if (providerId === null) return "the server’s own endpoint";
  return providers.find(({ id }) => id === providerId)?.name ?? "a provider that is gone";
}

/** The same choices with one of them a place earlier or later. */
export function moved<Each>(list: readonly Each[], index: number, step: -1 | 1): Each[] {
  const other = index + step;
  const [one, two] = [list[index], list[other]];
  if (one === undefined || two === undefined) return [...list];
  return list.map((each, at) => (at === index ? two : at === other ? one : each));
}

/** An amount in US dollars, with more digits where it is a fraction of a cent: "$12.50", "$0.0042". */
export const dollars = (usd: number) => `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
