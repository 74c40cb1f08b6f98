import type { z } from "zod";

/**
 * What can go wrong in a way that a person can act on. Each edge maps these once.
 *
 * - `invalid_input`: the request itself is wrong (400)
 * - `unauthenticated`: nobody is signed in (401)
 * - `forbidden`: signed in, but without the role (403)
 * - `not_found`: no such thing in this space (404)
 * - `conflict`: someone or something else was first; look again (409)
 * - `rate_limited`: too often; try again later (429). Jobs are retried.
 * - `over_budget`: what the space set aside for models is spent (402). Nothing is asked again by itself.
 * - `unavailable`: something we depend on does not answer (503). Jobs are retried.
 * - `cancelled`: a person or a shutdown stopped it
 */
export type AppErrorCode =
  | "invalid_input"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "over_budget"
  | "unavailable"
  | "cancelled";

/** The one error that carries a message fit for a person: what happened, what it means, what to do. Anything else thrown is a bug. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: AppErrorCode;

  constructor(code: AppErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** What an HTTP door answers with. */
export const HTTP_STATUS = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  rate_limited: 429,
  over_budget: 402,
  unavailable: 503,
  cancelled: 499,
} as const satisfies Record<AppErrorCode, number>;

/** What a refused request is answered with, at doors that speak JSON. */
export function refusal(error: AppError, headers: Record<string, string> = {}): Response {
  return Response.json(
    { code: error.code, message: error.message },
    { status: HTTP_STATUS[error.code], headers: { "cache-control": "no-store", ...headers } },
  );
}

/** What a schema found wrong, for a person: each sentence once, with the name of the field where it does not speak for itself. */
export function invalidInput(error: z.ZodError): AppError {
  const sentences = error.issues.map((issue) => {
    const field = issue.path.join(".");
    return field && /^(Invalid|Too|Unrecognized|Expected)/.test(issue.message)
      ? `${field}: ${issue.message}.`
      : issue.message;
  });
  return new AppError("invalid_input", [...new Set(sentences)].join(" "), { cause: error });
}
