import OpenAI from "openai";

import type { ModelEnv } from "./provider.ts";

/** The SDK, reading nothing from the environment by itself. Deadlines and retries are ours. */
export function createClient(env: ModelEnv, timeoutMs: number): OpenAI {
  return new OpenAI({
    // Local endpoints want no key, the SDK does.
    apiKey: env.OPENAI_API_KEY ?? "none",
    baseURL: env.OPENAI_BASE_URL ?? "https://api.openai.com/v1",
    // Everything that the SDK would else look for in the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    // Retries are the policies' affair; an attempt's deadline also covers an answer that begins and never ends.
    maxRetries: 0,
    timeout: timeoutMs * 2,
  });
}
