import type { ModelUse } from "./schema.ts";

/** Use cases of their own name; every other one reads messages or notes as extraction does. */
const USES: Readonly<Record<string, ModelUse>> = {
  "assistant.note": "notes",
  "assistant.ask": "answers",
  "assistant.task": "agent",
  "llm.embed": "embeddings",
  // Voice messages become notes.
  "llm.transcribe": "notes",
};

/** For what a model is asked in a use case: which of the space's choices answers it. */
export function useOf(useCase: string): ModelUse {
  return USES[useCase] ?? "extraction";
}
