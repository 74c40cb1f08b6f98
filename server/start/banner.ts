import type { Env } from "#server/lib/env.ts";
import { providerOf } from "#server/llm/index.ts";

import type { Winnow } from "./winnow.ts";

/** What someone who has just started Winnow needs to know. */
export function banner(winnow: Winnow, env: Env): string {
  const lines = [
    "",
    `Winnow runs at ${winnow.url}`,
    "",
    `  data      ${env.DATA_DIR}`,
    `  database  ${winnow.isEmbedded ? "embedded Postgres, in the data folder" : "your own (DATABASE_URL)"}`,
    `  reading   ${providerOf(env).label}`,
    `  Telegram  ${telegram(env)}`,
    "",
  ];
  if (winnow.setUpUrl) {
    lines.push(
      "Nobody is signed up yet. Become the first admin here (works once, for a day):",
      "",
      `  ${winnow.setUpUrl}`,
      "",
    );
  }
  lines.push("Ctrl-C stops it.", "");
  return lines.join("\n");
}

function telegram(env: Env): string {
  if (!env.TELEGRAM_BOT_TOKEN) return "no bot (TELEGRAM_BOT_TOKEN is not set)";
  return env.TELEGRAM_MODE === "off" ? "off" : `by ${env.TELEGRAM_MODE}`;
}
