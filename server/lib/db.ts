import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";

import { PrismaClient } from "#prisma/client.ts";

import { AppError } from "./errors.ts";

/**
 * The database: one pool, two ways in.
 * `prisma` reads and presents rows; whatever changes a state goes through `transaction` with plain SQL,
 * where a compare-and-set, its counters, its job and its event are one round of statements.
 */
export type Db = { pool: pg.Pool; prisma: PrismaClient };

/** An open transaction. Functions that take one can only be called from inside `transaction`. */
export type Tx = {
  /** Runs one statement and returns its rows, columns named as selected. */
  query: <Row extends object = Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<Row[]>;
  /** Registers work for the very end of the transaction, right before COMMIT; a key runs once however often it is given. */
  beforeCommit: (key: string, work: () => Promise<void>) => void;
};

/** @param max connections this process may hold at once */
export function openDb(connectionString: string, { max = 10 }: { max?: number } = {}): Db {
  const pool = new pg.Pool({ connectionString, max, application_name: "winnow" });
  // An idle connection that dies (Postgres restarted) is replaced at next use; the pool only must not throw for it.
  pool.on("error", () => {});
  // One that dies while it is lent out fails the query under way, which is where it is handled.
  pool.on("connect", (client) => client.on("error", () => {}));
  return { pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
}

export async function closeDb(db: Db): Promise<void> {
  await db.prisma.$disconnect();
  if (!db.pool.ended) await db.pool.end();
}

/** A database that is further away than this is not there. */
const REACH_LIMIT_MS = 10_000;

/**
 * Looks whether the database answers and has our tables.
 * @throws AppError `unavailable`, one sentence on what to do
 */
export async function checkDatabase(connectionString: string): Promise<void> {
  if (!(await hasTables(connectionString))) {
    throw new AppError("unavailable", "The database has no tables of Winnow yet: run `npm run db:migrate` first.");
  }
}

/** @throws AppError `unavailable` when the database does not answer */
export async function hasTables(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: REACH_LIMIT_MS });
  try {
    await client.connect();
    const { rows } = await client.query<{ found: boolean }>("select to_regclass('spaces') is not null as found");
    return rows[0]?.found ?? false;
  } catch (cause) {
    // A refused connection has an empty message and says why in its parts.
    const parts = cause instanceof AggregateError ? (cause.errors as unknown[]) : [cause];
    const why = parts.map((part) => (part instanceof Error ? part.message : String(part))).join(", ");
    const place = URL.canParse(connectionString) ? ` at ${new URL(connectionString).host}` : "";
    throw new AppError(
      "unavailable",
      `The database${place} cannot be used (${why}): start it, or correct DATABASE_URL.`,
      { cause },
    );
  } finally {
    await client.end();
  }
}

/** Runs `work` in one transaction: all of it is committed, or nothing is. */
export async function transaction<T>(db: Pick<Db, "pool">, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  const endings = new Map<string, () => Promise<void>>();
  let broken: Error | undefined;
  try {
    await client.query("begin");
    const result = await work({
      query: async (sql, values) => (await client.query(sql, values)).rows,
      beforeCommit: (key, ending) => void endings.set(key, ending),
    });
    for (const ending of endings.values()) await ending();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The Postgres error code for a violated unique constraint, and which one it was. */
export function violatedConstraint(error: unknown): string | undefined {
  if (error instanceof pg.DatabaseError && error.code === "23505") return error.constraint;
  return undefined;
}
