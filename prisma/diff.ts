import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startPostgres } from "#server/start/postgres.ts";

import { diffSchema } from "./engine.ts";

// npm run db:diff -- <name>: writes the next migration, from the newest one's schema to schema.prisma.
// Rules that the schema cannot say are added to the written file by hand.

const name = process.argv[2] ?? "change";
// The engine wants a server to talk to, although it compares two files.
const scratch = mkdtempSync(join(tmpdir(), "winnow-diff-"));
const postgres = await startPostgres({ dir: join(scratch, "postgres"), database: "diff" });
let sql: string;
try {
  sql = await diffSchema(postgres.url);
} finally {
  await postgres.stop();
  rmSync(scratch, { recursive: true });
}

if (sql === "") {
  console.log("schema.prisma is as the newest migration left it: nothing to write.");
} else {
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = new URL(`migrations/${stamp}_${name}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL("migration.sql", folder), sql);
  copyFileSync(new URL("schema.prisma", import.meta.url), new URL("schema.prisma", folder));
  console.log(`Wrote prisma/migrations/${stamp}_${name}/migration.sql. Read it before you commit it.`);
}
