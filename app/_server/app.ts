import type { App } from "#server/web/app.ts";

/**
 * What the server process offers to pages and route handlers. Its code is loaded once, by server/web, and only its types
 * are known here.
 */
export function app(): App {
  const found = (globalThis as { [key: symbol]: App | undefined })[Symbol.for("winnow.app")];
  if (!found) throw new Error("Pages are served by server/web, not by `next start`: run `npm run web`.");
  return found;
}
