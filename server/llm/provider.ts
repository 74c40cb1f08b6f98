/** What of the environment names the endpoint and the model; `Env` fits. */
export type ModelEnv = {
  OPENAI_API_KEY?: string | undefined;
  OPENAI_BASE_URL?: string | undefined;
  LLM_MODEL: string;
};

/** Who answers, for every screen to say. */
export type Provider = { name: "rules" | "openai"; model: string | null; label: string; isModel: boolean };

/** Who would answer with this environment. */
export function providerOf(env: ModelEnv): Provider {
  if (!env.OPENAI_API_KEY && !env.OPENAI_BASE_URL) {
    return { name: "rules", model: null, label: "Rules engine, no model", isModel: false };
  }
  return { name: "openai", model: env.LLM_MODEL, label: labelOf(env, env.LLM_MODEL), isModel: true };
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
