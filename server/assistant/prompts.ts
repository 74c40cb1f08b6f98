import type { PromptSource } from "#server/llm/index.ts";

import { TASK } from "./agent/prompt.ts";
import { ANSWER } from "./ask/prompt.ts";
import { noteDecision } from "./note/draft.ts";

/** The prompts that a space may put into its own words. */
export const assistantPrompts: readonly PromptSource[] = [
  {
    ...{ useCase: noteDecision.useCase, version: noteDecision.version, system: noteDecision.system },
    title: "Notes",
    description: "How a note is written from messages, files and pages.",
  },
  {
    ...ANSWER,
    title: "Answers",
    description: "How a question is answered from the passages that were found for it.",
  },
  {
    ...TASK,
    title: "Tasks",
    description: "How a task is carried out with the tools on the knowledge base.",
  },
];
