import type OpenAI from "openai";

import type { ProviderKind } from "./schema.ts";

/** What of the environment names the endpoint and the model; `Env` fits. */
export type ModelEnv = {
  OPENAI_API_KEY?: string | undefined;
  OPENAI_BASE_URL?: string | undefined;
  LLM_MODEL: string;
  /** Whether a provider of a space may be in a private network, as Ollama is. */
  LLM_ALLOW_PRIVATE?: boolean | undefined;
};

/** Who answers, for every screen to say. `providerId` is null for the environment's endpoint and for the rules. */
export type Provider = {
  name: "rules" | ProviderKind;
  model: string | null;
  label: string;
  isModel: boolean;
  providerId: string | null;
};

/** A model at an endpoint, ready to be asked. */
export type Target = {
  kind: ProviderKind;
  /** Null for the environment's endpoint. */
  providerId: string | null;
  model: string;
  /** The model in words, with where it is. */
  label: string;
  client: OpenAI;
  /** Tells apart what may fail on its own: another one after each change of its provider. */
  key: string;
  /** Why it cannot be asked at all, in words. */
  problem: string | null;
};

/** Who answers where there is no model. */
export const RULES: Provider = {
  name: "rules",
  model: null,
  label: "Rules engine, no model",
  isModel: false,
  providerId: null,
};

/** Who would answer with this environment. */
export function providerOf(env: ModelEnv): Provider {
  if (!env.OPENAI_API_KEY && !env.OPENAI_BASE_URL) return RULES;
  const label = labelOf(env, env.LLM_MODEL);
  return { name: "openai", model: env.LLM_MODEL, label, isModel: true, providerId: null };
}

/** A model of this endpoint in words: with its host, unless that goes without saying. */
export function labelOf(env: ModelEnv, model: string): string {
  const host = env.OPENAI_BASE_URL && URL.canParse(env.OPENAI_BASE_URL) ? new URL(env.OPENAI_BASE_URL).host : null;
  return host && host !== "api.openai.com" ? `${model} at ${host}` : model;
}

/** Whether it looks like the id of a model: short and plain, as it is shown to people. */
export function isModelId(id: string): boolean {
  return /^\w[\w.:/@+-]{0,99}$/u.test(id);
}
