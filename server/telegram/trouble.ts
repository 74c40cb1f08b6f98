import pg from "pg";

/**
 * Whether Postgres is the trouble (full, stopping, busy with others) and another try may end well. Anything else is about this
 * one update: data that Postgres does not take, or a shape that we did not think of.
 */
export function isAboutTheServer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !/^(?:22|23|54)/.test(error.code ?? "");
}
