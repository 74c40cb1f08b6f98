import { AppError } from "#server/lib/errors.ts";

/** Where people reach Winnow, and the same by the names of this machine. The first is the one to tell people. */
export function originsOf(baseUrl: string): string[] {
  const { origin, protocol, port } = new URL(baseUrl);
  const at = port === "" ? "" : `:${port}`;
  return [...new Set([origin, `${protocol}//localhost${at}`, `${protocol}//127.0.0.1${at}`])];
}

/**
 * Refuses a request that a page of another site makes with the cookies of whoever is signed in here.
 * A request without the headers that browsers add comes from a program, which has no one's cookies but its own.
 * @throws AppError `forbidden`
 */
export function checkOrigin(request: Request, origins: readonly string[]): void {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  const isForeign = origin === null ? site === "cross-site" || site === "same-site" : !origins.includes(origin);
  if (!isForeign) return;
  throw new AppError(
    "forbidden",
    `This request came from a page at ${origin ?? "another address"}, but Winnow is reached at ${origins[0]}. Open it there, or set APP_URL to the address that you use.`,
  );
}
