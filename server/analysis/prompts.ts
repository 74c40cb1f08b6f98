import type { PromptSource } from "#server/llm/index.ts";

import { extractProposals } from "./extraction/prompt.ts";

/** The prompts that a space may put into its own words. */
export const analysisPrompts: readonly PromptSource[] = [
  {
    useCase: extractProposals.useCase,
    version: extractProposals.version,
    system: extractProposals.system,
    title: "Reading messages",
    description: "What is looked for in a batch of messages, and how proposals are written.",
  },
];
