import { test as base } from "vitest";

import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { closeDb, type Db, openDb } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";

import { cloneDatabase } from "./database.ts";
import { type Make, makers } from "./make.ts";

type Fixtures = {
  databaseUrl: string;
  db: Db;
  /** A system ctx on the test's database; `as` gives one for another actor. */
  ctx: Ctx;
  as: (actor: Actor) => Ctx;
  /** Makes rows, and whatever parents they need. */
  make: Make;
};

/** `test` with a real database per file: `import { test } from "#tests/support/test.ts"`. */
export const test = base.extend<Fixtures>({
  databaseUrl: [
    // oxlint-disable-next-line no-empty-pattern -- vitest reads the wanted fixtures from this pattern
    async ({}, use) => {
      const database = await cloneDatabase();
      await use(database.url);
      await database.drop();
    },
    { scope: "file" },
  ],
  db: [
    async ({ databaseUrl }, use) => {
      const db = openDb(databaseUrl, { max: 30 });
      await use(db);
      await closeDb(db);
    },
    { scope: "file" },
  ],
  as: async ({ db }, use) => {
    await use((actor) => ({ actor, db, log: createLog({ level: "silent" }), now: () => new Date() }));
  },
  ctx: async ({ as }, use) => {
    await use(as({ type: "system", name: "test" }));
  },
  make: async ({ db }, use) => {
    await use(makers(db));
  },
});
