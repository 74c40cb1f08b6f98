import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { TestProject } from "vitest/node";

import { startPostgres } from "#server/start/postgres.ts";

import { migrate } from "../../prisma/migrate.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Connection string of the template database, migrated and empty. */
    templateUrl: string;
  }
}

/** One real Postgres for the whole run, with a migrated template that each test file clones. */
export default async function setup(project: TestProject) {
  const dir = mkdtempSync(join(tmpdir(), "winnow-test-"));
  const postgres = await startPostgres({
    dir: join(dir, "postgres"),
    database: "winnow_template",
    // Nothing here outlives the run: durability would only cost time. The crash tests start servers of their own.
    flags: ["fsync=off", "full_page_writes=off", "max_connections=300"],
  });
  await migrate(postgres.url);
  project.provide("templateUrl", postgres.url);
  return async () => {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
