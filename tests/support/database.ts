import { randomUUID } from "node:crypto";

import pg from "pg";
import { inject } from "vitest";

/** A database of its own, cloned from the migrated template; dropped when done. */
export async function cloneDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const templateUrl = new URL(inject("templateUrl"));
  const name = `winnow_${randomUUID().replaceAll("-", "")}`;
  const admin = new URL(templateUrl);
  admin.pathname = "/postgres";
  const run = async (sql: string) => {
    const client = new pg.Client(admin.href);
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await run(`create database ${name} template ${templateUrl.pathname.slice(1)}`);
  const url = new URL(templateUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`drop database ${name} with (force)`) };
}
