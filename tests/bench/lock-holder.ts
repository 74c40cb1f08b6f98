// A process that takes the lock of a knowledge base and a bare one of Postgres, says so, and keeps both until it is killed.
import pg from "pg";

import { openDb } from "#server/lib/db.ts";

import { openLock, TAKE } from "./lock-place.ts";

export type HolderOrder = { databaseUrl: string; kbId: string; bareKey: string };

const { databaseUrl, kbId, bareKey } = JSON.parse(process.argv[2] ?? "") as HolderOrder;
const client = new pg.Client(databaseUrl);
await client.connect();
await client.query(TAKE, [bareKey]);
await openLock(openDb(databaseUrl, { max: 1 }), kbId).hold(() => {
  process.send!("held");
  return new Promise<never>(() => {});
});
