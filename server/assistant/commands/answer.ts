import type { PostInput } from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import type { AssistantDeps } from "../deps.ts";
import type { Caller } from "./caller.ts";

/** What a command says. `given.words` is what followed it. */
export type Answer = (
  deps: AssistantDeps,
  ctx: Ctx,
  caller: Caller,
  given: { words: string; signal: AbortSignal },
) => PostInput | Promise<PostInput>;

const MAX_LABEL = 60;

/** A name as short as a button bears. */
export function label(text: string): string {
  const clean = text.replaceAll(/\s+/g, " ").trim() || "…";
  return clean.length <= MAX_LABEL ? clean : `${clean.slice(0, MAX_LABEL - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Text that stands between backticks, which nothing in it may end. */
export const code = (text: string) => text.replaceAll(/[`\s]+/g, " ").trim() || " ";

/** A list where there is something to list. */
export const bullets = (lines: string[]) => lines.map((line) => `- ${line}`).join("\n");

/** What there is of a text's paragraphs. */
export const paragraphs = (...parts: Array<string | false | null>) => parts.filter(Boolean).join("\n\n");

/** A moment as a calendar and a clock of the space show it. */
export function moment(at: Date, { space, language }: Pick<Caller, "space" | "language">): string {
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: space.timeZone,
  }).format(at);
}
