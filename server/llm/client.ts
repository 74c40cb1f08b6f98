import OpenAI from "openai";

/** Where an endpoint is and how it is reached. */
export type Endpoint = {
  apiKey: string | null;
  baseUrl: string;
  timeoutMs: number;
  /** How it is reached; as the platform does it where it is left out. */
  fetch?: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
};

/** The SDK, reading nothing from the environment by itself. Deadlines and retries are ours. */
export function createClient({ apiKey, baseUrl, timeoutMs, fetch }: Endpoint): OpenAI {
  return new OpenAI({
    // Local endpoints want no key, the SDK does.
    apiKey: apiKey ?? "none",
    baseURL: baseUrl,
    ...(fetch && { fetch }),
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
