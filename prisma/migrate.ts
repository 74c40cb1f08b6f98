import pg from "pg";

import { prepareQueue } from "#server/jobs/index.ts";

import { applyMigrations } from "./engine.ts";

/** Any number, the same for every process: who migrates holds this advisory lock. */
const MIGRATION_LOCK = 7_146_301;

/**
 * Brings a database up to date: the queue's schema, then ours. Any number of processes may call it at once;
 * one works, the others wait for it and find nothing left to do.
 * @returns the names of the migrations that were applied
 */
export async function migrate(connectionString: string): Promise<string[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await prepareQueue(connectionString);
    return await applyMigrations(connectionString);
  } finally {
    await client.end();
  }
}
