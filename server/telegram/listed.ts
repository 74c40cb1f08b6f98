import type { Env } from "#server/lib/env.ts";

/** The people whom TELEGRAM_ALLOWED_USER_IDS names; null where it is not set. */
export function listedIn({
  TELEGRAM_ALLOWED_USER_IDS: listed,
}: Pick<Env, "TELEGRAM_ALLOWED_USER_IDS">): ReadonlySet<string> | null {
  const ids = listed?.split(/[\s,]+/).filter(Boolean);
  return ids ? new Set(ids) : null;
}
