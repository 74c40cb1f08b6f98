import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { z } from "zod";

import { AppError } from "./errors.ts";

const optionalText = z
  .string()
  .optional()
  .transform((value) => value?.trim() || undefined);
const port = z.coerce.number().int().min(1).max(65_535);
const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/**
 * Everything that Winnow reads from the environment; all of it optional.
 * `.env.example` lists exactly these keys (a test compares them).
 */
const Env = z.object({
  DATABASE_URL: optionalText.describe("PostgreSQL 15 or newer. Empty: an embedded Postgres under DATA_DIR."),
  DATA_DIR: z.string().default(".data").describe("Where the embedded database, secrets and the knowledge base live."),
  PORT: port.default(3000).describe("The one port: pages, API and WebSocket."),
  APP_URL: optionalText.describe(
    "Where people reach Winnow, e.g. https://winnow.example.org. Empty: http://localhost:PORT.",
  ),
  AUTH_SECRET: optionalText.describe("Signs sessions. Empty: made once and kept in DATA_DIR."),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("How much is logged."),

  TELEGRAM_BOT_TOKEN: optionalText.describe("From @BotFather. Empty: no bot."),
  TELEGRAM_WEBHOOK_SECRET: optionalText.describe(
    "Proves that an update comes from Telegram. Empty: derived from AUTH_SECRET.",
  ),
  TELEGRAM_MODE: z.enum(["webhook", "polling", "off"]).default("webhook").describe("How updates arrive."),
  TELEGRAM_API_ROOT: z.url().default("https://api.telegram.org").describe("A Bot API server of your own."),
  TELEGRAM_ALLOWED_USER_IDS: optionalText.describe(
    "Comma-separated Telegram user ids that are heard without being let in by an admin.",
  ),

  OPENAI_API_KEY: optionalText.describe("Empty together with OPENAI_BASE_URL: the rules engine works without a model."),
  OPENAI_BASE_URL: optionalText.describe("Any OpenAI-compatible endpoint."),
  LLM_MODEL: z.string().default("gpt-4.1-mini").describe("The model asked for at that endpoint."),
  LLM_ALLOW_PRIVATE: flag
    .default(false)
    .describe("Whether admins may add providers in a private network or on this machine, such as Ollama."),

  KB_DIR: optionalText.describe("Where the knowledge base lives. Empty: kb under DATA_DIR."),
  KB_GIT_REMOTE: optionalText.describe(
    "Push notes here: https://…, ssh://…, git@host:path or a path on this machine. Empty: local only.",
  ),
  KB_GIT_BRANCH: z.string().default("main").describe("The branch that notes are committed to."),
  KB_GIT_USERNAME: optionalText.describe("User for an https remote."),
  KB_GIT_TOKEN: optionalText.describe("Token for an https remote; handed to git per call, never stored."),
  KB_GIT_SSH_KEY: optionalText.describe(
    "The file of the private key for an ssh remote. Empty: what ssh finds by itself.",
  ),

  PUSHER_APP_ID: optionalText.describe("With PUSHER_HOST or PUSHER_CLUSTER: the app at that Pusher server."),
  PUSHER_KEY: optionalText.describe("Its public key."),
  PUSHER_SECRET: optionalText.describe("Its secret."),
  PUSHER_HOST: optionalText.describe("A Pusher-compatible server. Empty (and no cluster): the built-in gateway."),
  PUSHER_PORT: port.optional().describe("Its port."),
  PUSHER_CLUSTER: optionalText.describe("A cluster of hosted Pusher."),
  PUSHER_USE_TLS: flag.default(true).describe("Whether that server is reached by TLS."),

  METRICS_TOKEN: optionalText.describe("Bearer token for /api/metrics. Empty: metrics are off."),
});

export type Env = Readonly<z.output<typeof Env>>;

/**
 * Reads and checks the environment.
 * @param source usually `process.env`; empty strings count as not set
 * @throws AppError `invalid_input` that lists every problem, one a line
 */
export function readEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const result = Env.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new AppError("invalid_input", `The environment is not usable:\n${problems.join("\n")}`);
  }
  return Object.freeze({ ...result.data, DATA_DIR: resolve(result.data.DATA_DIR) });
}

/** Reads `.env`, where there is one, into the environment of this process; what is set there already stays. */
export function loadEnvFile(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
}

/** Every variable with its description, in order: what .env.example documents. */
export const envKeys: ReadonlyArray<{ key: string; description: string }> = Object.entries(Env.shape).map(
  ([key, schema]) => ({
    key,
    description: schema.description ?? "",
  }),
);

/** Where people reach Winnow, without a trailing slash. */
export function appUrl(env: Pick<Env, "APP_URL" | "PORT">): string {
  return (env.APP_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, "");
}

/** What a program that we start needs of this machine: where programs and its own folders are, how the network is reached. */
const MACHINE_KEYS = [
  "PATH",
  "HOME",
  "TMPDIR",
  "SSH_AUTH_SOCK",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
] as const;

/** The environment for a program that we start: nothing of ours, so no secret, is in it. */
export function machineEnv(): NodeJS.ProcessEnv {
  const { env } = process;
  return {
    NODE_ENV: env.NODE_ENV,
    ...Object.fromEntries(MACHINE_KEYS.filter((key) => env[key]).map((key) => [key, env[key]])),
  };
}
