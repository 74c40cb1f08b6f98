import { APIConnectionError, APIError } from "openai";

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
export function refusalInWords(failure: Failure, label: string): string {
  const why = [failure.status, failure.code].filter((word) => word !== null).join(", ") || "no reason given";
  if (failure.code === NO_QUOTA) {
    return `The account behind ${label} has no quota left (${why}). Nothing was done; top it up, or set another endpoint.`;
  }
  if (failure.status === 413 || failure.code === TOO_LONG) {
    return `What was sent is too long for ${label} (${why}). Nothing was done; send less at once (batches can be made smaller in the settings), or take a model that reads more.`;
  }
  switch (failure.status) {
    case 401:
    case 403:
      return `${label} does not accept the key (${why}). Nothing was done; check OPENAI_API_KEY and OPENAI_BASE_URL.`;
    case 404:
      return `${label} is not to be found at its endpoint (${why}). Nothing was done; choose another model, or check LLM_MODEL and OPENAI_BASE_URL.`;
    default:
      return `${label} refuses to answer this (${why}). Nothing was done; try another model, or check LLM_MODEL.`;
  }
}

/** That nobody answers, for a person. `why` as `RunEnd` has it. */
export function downInWords(why: string, label: string): string {
  return `${label} does not answer (${why.replaceAll("_", " ")}). Nothing was done; try again in a few minutes, or check OPENAI_BASE_URL.`;
}

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
