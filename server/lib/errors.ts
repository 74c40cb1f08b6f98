/**
 * What can go wrong in a way that a person can act on. Each edge maps these once.
 *
 * - `invalid_input`: the request itself is wrong (400)
 * - `unauthenticated`: nobody is signed in (401)
 * - `forbidden`: signed in, but without the role (403)
 * - `not_found`: no such thing in this space (404)
 * - `conflict`: someone or something else was first; look again (409)
 * - `rate_limited`: too often; try again later (429). Jobs are retried.
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
