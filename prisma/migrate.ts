import pg from "pg";

import { prepareQueue } from "#server/jobs/index.ts";
import { hasTables } from "#server/lib/db.ts";
import { loadEnvFile, readEnv } from "#server/lib/env.ts";
import { inWords } from "#server/lib/process.ts";

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

// npm run db:migrate
if (import.meta.main) {
  try {
    loadEnvFile();
    const { DATABASE_URL } = readEnv(process.env);
    if (!DATABASE_URL) {
      console.log("DATABASE_URL is not set: `npm start` brings its own database and migrates it. Nothing was done.");
    } else {
      await hasTables(DATABASE_URL);
      const applied = await migrate(DATABASE_URL);
      console.log(applied.length === 0 ? "The database is up to date." : `Applied: ${applied.join(", ")}.`);
    }
  } catch (error) {
    console.error(inWords(error));
    process.exitCode = 1;
  }
}
