import { APIConnectionError, APIError } from "openai";

import { PrivateAddress } from "./providers/guarded-fetch.ts";

/** Why a call to a model brought nothing. `refused` is for good; the others may pass. */
export type Failure = {
  outcome: "timeout" | "rate_limited" | "unavailable" | "refused";
  status: number | null;
  /** The endpoint's own short code, e.g. `insufficient_quota`. Its sentences are never kept: some repeat the key. */
  code: string | null;
  /** How long the endpoint asks to be left alone; null where it does not say. */
  retryAfterMs: number | null;
};

/** What went wrong, from what the SDK threw. Everything that is not an answer by HTTP counts as `unavailable`. */
export function failureOf(error: unknown, nowMs: number): Failure {
  if (error instanceof APIConnectionError && error.cause instanceof PrivateAddress) {
    return { outcome: "refused", status: null, code: PRIVATE, retryAfterMs: null };
  }
  if (!(error instanceof APIError) || error instanceof APIConnectionError) {
    return { outcome: "unavailable", status: null, code: null, retryAfterMs: null };
  }
  const status = typeof error.status === "number" ? error.status : null;
  const code =
    [error.code, error.type].find((word) => typeof word === "string" && /^[\w.-]{1,60}$/u.test(word)) ?? null;
  const retryAfterMs = retryAfter(error.headers, nowMs);
  return { outcome: outcomeOf(status, code), status, code, retryAfterMs };
}

/** What a refusal means and what to do, for a person. */
export function refusalInWords(failure: Failure, { label, providerId }: Named): string {
  const why = [failure.status, failure.code].filter((word) => word !== null).join(", ") || "no reason given";
  const isOurs = providerId === null;
  if (failure.code === NO_QUOTA || failure.status === 402) {
    return `The account behind ${label} has no quota left (${why}). Nothing was done; top it up, or set another endpoint.`;
  }
  if (failure.code === PRIVATE) {
    return `The address of ${label} leads into a private network. Nothing was done; set LLM_ALLOW_PRIVATE=true on the server where that is wanted, or change the address.`;
  }
  if (failure.status === 413 || failure.code === TOO_LONG) {
    return `What was sent is too long for ${label} (${why}). Nothing was done; send less at once (batches can be made smaller in the settings), or take a model that reads more.`;
  }
  switch (failure.status) {
    case 401:
    case 403:
      return `${label} does not accept the key (${why}). Nothing was done; ${isOurs ? "check OPENAI_API_KEY and OPENAI_BASE_URL" : "enter the key again in the settings, under Models"}.`;
    case 404:
      return `${label} is not to be found at its endpoint (${why}). Nothing was done; choose another model, or check ${isOurs ? "LLM_MODEL and OPENAI_BASE_URL" : "the address in the settings, under Models"}.`;
    default:
      return `${label} refuses to answer this (${why}). Nothing was done; try another model${isOurs ? ", or check LLM_MODEL" : ""}.`;
  }
}

/** That nobody answers, for a person. `why` as `RunEnd` has it. */
export function downInWords(why: string, { label, providerId }: Named): string {
  const where = providerId === null ? "OPENAI_BASE_URL" : "its address in the settings, under Models";
  return `${label} does not answer (${why.replaceAll("_", " ")}). Nothing was done; try again in a few minutes, or check ${where}.`;
}

/** That it would not speak of what it was asked, twice, for a person. */
export function declinedInWords(label: string): string {
  return `${label} declined to answer, twice. Nothing was taken from it; try again, or choose another model.`;
}

/** That it answered twice, and why that is of no use, for a person. */
export function unusableInWords(why: string, label: string): string {
  const plain = why
    .split(/[.:\n]/u)[0]
    ?.trim()
    .slice(0, 120);
  return `${label} answered twice in a form that cannot be read or used (${plain || "nothing usable in it"}). Nothing was taken from it; try again, or choose a model that supports structured output.`;
}

export const NO_MODEL =
  "There is no model that could do this. Nothing was done; choose one in the settings, under Models, or set OPENAI_API_KEY or OPENAI_BASE_URL.";

/** Whether it is the endpoint that does not let us in, whatever is asked: another may answer. */
export function isOfEndpoint({ status, code }: Failure): boolean {
  return code === NO_QUOTA || code === PRIVATE || (status !== null && CLOSED.includes(status));
}

type Named = { label: string; providerId: string | null };

const CLOSED: readonly number[] = [401, 402, 403, 404];
const PRIVATE = "private_address";
const NO_QUOTA = "insufficient_quota";
const TOO_LONG = "context_length_exceeded";
/** Reasons that no waiting cures, whatever status they come with; in a stream they come with none. */
const FOR_GOOD: readonly (string | null)[] = [NO_QUOTA, TOO_LONG, "content_filter"];

function outcomeOf(status: number | null, code: string | null): Failure["outcome"] {
  if (FOR_GOOD.includes(code)) return "refused";
  if (status === null) return "unavailable";
  if (status === 429) return "rate_limited";
  // 501: there is no such thing, and waiting will not bring it.
  if (status === 408 || status === 409 || (status >= 500 && status !== 501)) return "unavailable";
  return "refused";
}

function retryAfter(headers: Headers | undefined, nowMs: number): number | null {
  const exactMs = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (exactMs >= 0) return exactMs;
  const given = headers?.get("retry-after");
  if (!given) return null;
  const seconds = Number(given);
  if (seconds >= 0) return seconds * 1000;
  const untilMs = Date.parse(given) - nowMs;
  return Number.isNaN(untilMs) ? null : Math.max(0, untilMs);
}
