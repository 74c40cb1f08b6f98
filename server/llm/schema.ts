import { z } from "zod";

/** What a model is asked for; a space chooses for each. */
export const ModelUse = z.enum(["extraction", "notes", "answers", "agent", "embeddings"]);
export type ModelUse = z.infer<typeof ModelUse>;

/** The endpoints that are known by name; `compatible` is any other that speaks as OpenAI's does. */
export const ProviderKind = z.enum(["openai", "github", "ollama", "openrouter", "compatible"]);
export type ProviderKind = z.infer<typeof ProviderKind>;

/** Where the endpoints that are known by name are; empty for one that has to be told. */
export const BASE_URLS: Readonly<Record<ProviderKind, string>> = {
  openai: "https://api.openai.com/v1",
  github: "https://models.github.ai/inference",
  ollama: "http://localhost:11434/v1",
  openrouter: "https://openrouter.ai/api/v1",
  compatible: "",
};
