import type { Outputs } from "#components/trpc/client.tsx";

/** What a model is told for one use, with the words that the space put in its place and every change of them. */
export type Prompt = Outputs["prompts"]["list"][number];
