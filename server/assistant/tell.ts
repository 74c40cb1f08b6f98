import { type PostInput, say } from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { addressesOf } from "./addresses.ts";
import { button } from "./buttons.ts";
import { answerPost } from "./ask/post.ts";
import { taskPost } from "./agent/post.ts";
import type { AssistantDeps } from "./deps.ts";
import { notePost } from "./note/post.ts";
import { postOf, type RequestRow } from "./request-row.ts";
import { MOST_WAITING } from "./limits.ts";
import { RequestResult } from "./schema.ts";
import { clockTime, languageFor, wordsFor } from "./speech.ts";
import type { Words } from "./words/index.ts";

const PER_MINUTE_MS = 60_000;

/** Says in the place of "working" what came of a request. The same again changes nothing. */
export async function tell(
  deps: Pick<AssistantDeps, "channels" | "appUrl">,
  ctx: Ctx,
  request: RequestRow,
  signal: AbortSignal,
): Promise<void> {
  await say(deps.channels, ctx, postOf(request, contentOf(deps, request)), { signal });
}

/** What the post of a request says, from its row alone. */
export function contentOf({ appUrl }: Pick<AssistantDeps, "appUrl">, request: RequestRow): PostInput {
  const words = wordsFor(request.contributor);
  switch (request.status) {
    case "gathering":
    case "waiting":
    case "working":
      return tellWorking(request);
    case "failed":
      return tellFailed(request, words);
    case "cancelled":
      return { text: words("core.cancelled") };
    case "done":
  }
  const result = RequestResult.parse(request.result);
  const at = addressesOf(appUrl, request.space.slug, request.chat.channel);
  switch (result.type) {
    case "answer":
      return answerPost(result, { words, at });
    case "task":
      return taskPost(result, { words, at, requestId: request.id });
    case "note":
    case "proposed":
    case "duplicate":
      return notePost(result, { words, at, requestId: request.id });
  }
}

/** What is said while a request waits or is worked on. */
export function tellWorking(request: RequestRow): PostInput {
  const words = wordsFor(request.contributor);
  const cancel = button(words("core.button.cancel"), { do: "request.cancel", requestId: request.id });
  const isHeldBack = request.notBefore !== null && request.notBefore > (request.burst?.dueAt ?? request.createdAt);
  if (request.status === "gathering" && request.burst && !isHeldBack) {
    const seconds = Math.max(1, Math.ceil((request.burst.dueAt.getTime() - request.burst.openedAt.getTime()) / 1000));
    const process = button(words("core.button.process"), { do: "request.process", requestId: request.id });
    return { text: words("core.stage.received", { seconds }), buttons: [[process, cancel]], isWorking: true };
  }
  if (request.notBefore && isHeldBack && request.status !== "working") {
    const time = timeOf(request, request.notBefore);
    return { text: words("core.stage.later", { time }), buttons: [[cancel]], isWorking: true };
  }
  const stage = request.mode === "ask" ? "searching" : request.mode === "agent" ? "thinking" : "reading";
  return { text: words(`core.stage.${stage}`), buttons: [[cancel]], isWorking: true };
}

/** Why there is nothing, and the way out. */
function tellFailed(request: RequestRow, words: Words): PostInput {
  const retry = button(words("core.button.retry"), { do: "request.retry", requestId: request.id });
  // Another try could not end otherwise.
  const isForGood = request.failure === words("agent.noModel") || request.failure === words("core.failed.nothing");
  return {
    text: `**${words("core.failed.title")}**\n\n${failureWords(request, words)}`,
    buttons: isForGood ? [] : [[retry]],
  };
}

/** Failures that we know have words in each language; the others are the sentence of an AppError. */
function failureWords(request: RequestRow, words: Words): string {
  switch (request.failure) {
    case "bug":
    case null:
      return words("core.failed.bug", { reference: request.id });
    case "interrupted":
      return words("core.failed.interrupted");
    case "tooMany": {
      const time = timeOf(request, new Date(request.createdAt.getTime() + PER_MINUTE_MS));
      return words("core.failed.tooMany", { count: String(MOST_WAITING), time });
    }
    default:
      return request.failure;
  }
}

function timeOf(request: RequestRow, at: Date): string {
  return clockTime(at, { timeZone: request.space.timeZone, language: languageFor(request.contributor) });
}
