import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { SchemaEngine } from "@prisma/schema-engine-wasm";
import pg from "pg";

// Prisma's own schema engine, compiled to WebAssembly: the CLI's native engine is a download that
// not every machine can make. The migrations folder stays an ordinary Prisma one.

const MIGRATIONS_DIR = fileURLToPath(new URL("migrations", import.meta.url));
const SCHEMA_FILE = fileURLToPath(new URL("schema.prisma", import.meta.url));
const NO_EXTERNALS = { externalTables: [], externalEnums: [] };

/** Applies every migration that the database does not have yet, and returns their names. */
export async function applyMigrations(connectionString: string): Promise<string[]> {
  const { engine, close } = await openEngine(connectionString);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: {
        baseDir: MIGRATIONS_DIR,
        lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
        shadowDbInitScript: "",
        migrationDirectories: migrationNames().map((name) => ({
          path: name,
          migrationFile: {
            path: "migration.sql",
            content: { tag: "ok", value: readFileSync(join(MIGRATIONS_DIR, name, "migration.sql"), "utf8") },
          },
        })),
      },
      filters: NO_EXTERNALS,
    });
    return appliedMigrationNames;
  } finally {
    await close();
  }
}

/** The SQL that leads from the schema of the newest migration to today's schema.prisma; '' when nothing changed. */
export async function diffSchema(connectionString: string): Promise<string> {
  const { engine, close } = await openEngine(connectionString);
  const newest = migrationNames().at(-1);
  try {
    const { stdout } = await engine.diff({
      from: newest
        ? { tag: "schemaDatamodel", files: [schemaFile(join(MIGRATIONS_DIR, newest, "schema.prisma"))] }
        : { tag: "empty" },
      to: { tag: "schemaDatamodel", files: [schemaFile(SCHEMA_FILE)] },
      script: true,
      exitCode: null,
      filters: NO_EXTERNALS,
    });
    return stdout?.includes("-- This is an empty migration.") ? "" : (stdout ?? "");
  } finally {
    await close();
  }
}

async function openEngine(connectionString: string) {
  // The engine reports its panics through this global.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        throw new Error(`Prisma's schema engine failed: ${message}`);
      },
    },
  });
  // A pool of our own: the engine does not close the connections of the adapter.
  const pool = new pg.Pool({ connectionString });
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  const datamodels = [["schema.prisma", readFileSync(SCHEMA_FILE, "utf8")]] as [string, string][];
  const engine = await SchemaEngine.new({ datamodels }, () => {}, adapter);
  return {
    engine,
    close: async () => {
      engine.free();
      await pool.end();
    },
  };
}

function migrationNames(): string[] {
  return readdirSync(MIGRATIONS_DIR, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

function schemaFile(path: string) {
  return { path, content: readFileSync(path, "utf8") };
}
