import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

import { hashPassword } from "better-auth/crypto";

import { type Clock, systemClock } from "#server/lib/clock.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { type Db, transaction, type Tx } from "#server/lib/db.ts";
import { AppError, invalidInput } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import { SetUpInput } from "./schema.ts";
import { slugOf } from "./slug.ts";

const IDENTIFIER = "first-admin";
const TOKEN_BYTES = 32;
const TOKEN_LIFE_MS = 24 * 3600_000;

/**
 * Makes the token that lets one person become the first admin, as long as there is no user. Only its hash is stored; it
 * works once and for a day, and every token made before stops working.
 * @returns null when there is a user already
 */
export async function ensureFirstAdminToken(db: Pick<Db, "pool">, now: Clock = systemClock): Promise<string | null> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  return transaction(db, async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtext('winnow first admin'))");
    if (await hasUser(tx)) return null;
    const at = now();
    await tx.query("delete from verifications where identifier = $1", [IDENTIFIER]);
    await tx.query(
      `insert into verifications (id, identifier, value, expires_at, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)`,
      [newId(), IDENTIFIER, hashOf(token), new Date(at.getTime() + TOKEN_LIFE_MS), at],
    );
    return token;
  });
}

/** Whether someone has set Winnow up. */
export async function isSetUp(db: Pick<Db, "prisma">): Promise<boolean> {
  return (await db.prisma.user.findFirst({ select: { id: true } })) !== null;
}

/**
 * Uses up the token of the first admin: the user with a password, the first space and their role in it are made together
 * or not at all, and once, however many calls there are.
 * @throws AppError `conflict` when there is a user already, `forbidden` when the token is not the newest or too old
 */
export async function setUpFirstAdmin(
  ctx: Pick<Ctx, "db" | "now">,
  input: SetUpInput,
): Promise<{ userId: string; spaceId: string; spaceSlug: string }> {
  const parsed = SetUpInput.safeParse(input);
  if (!parsed.success) throw invalidInput(parsed.error);
  const { token, name, email, password, spaceName, timeZone } = parsed.data;
  const at = ctx.now();
  // Looked at before the password is hashed, which is made to be slow: without the token nobody can keep us busy.
  await transaction(ctx.db, (tx) => checkToken(tx, token, at));
  const passwordHash = await hashPassword(password);

  const ids = { userId: newId(), spaceId: newId() };
  const spaceSlug = await transaction(ctx.db, async (tx) => {
    await checkToken(tx, token, at);
    const slug = await freeSlug(tx, spaceName);
    await tx.query("delete from verifications where identifier = $1", [IDENTIFIER]);
    await tx.query(
      "insert into users (id, name, email, email_verified, created_at, updated_at) values ($1, $2, $3, true, $4, $4)",
      [ids.userId, name, email, at],
    );
    await tx.query(
      `insert into accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
       values ($1, $2::text, 'credential', $2::uuid, $3, $4, $4)`,
      [newId(), ids.userId, passwordHash, at],
    );
    await tx.query("insert into spaces (id, slug, name, time_zone, created_at) values ($1, $2, $3, $4, $5)", [
      ids.spaceId,
      slug,
      spaceName,
      timeZone,
      at,
    ]);
    await tx.query(
      "insert into memberships (id, space_id, user_id, role, created_at) values ($1, $2, $3, 'admin', $4)",
      [newId(), ids.spaceId, ids.userId, at],
    );
    return slug;
  });
  return { ...ids, spaceSlug };
}

/** Locks the token's row to the end of the transaction, so that of several calls the others find it gone. */
async function checkToken(tx: Tx, token: string, at: Date): Promise<void> {
  const [row] = await tx.query<{ hash: string; expiresAt: Date }>(
    `select value as hash, expires_at as "expiresAt" from verifications where identifier = $1 for update`,
    [IDENTIFIER],
  );
  if (await hasUser(tx)) {
    throw new AppError("conflict", "Winnow is set up already. Sign in instead; whoever set it up can let you in.");
  }
  if (!row || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(hashOf(token)))) {
    throw new AppError(
      "forbidden",
      "This is not the set-up address in force. Each start of Winnow prints a new one, and older ones stop working: open the newest.",
    );
  }
  if (row.expiresAt <= at) {
    throw new AppError(
      "forbidden",
      "This set-up address is more than a day old. Start Winnow again and open the new one.",
    );
  }
}

/** A space may have been left behind by people who are gone. */
async function freeSlug(tx: Tx, name: string): Promise<string> {
  const slug = slugOf(name);
  const rows = await tx.query<{ slug: string }>("select slug from spaces where starts_with(slug, $1)", [slug]);
  const taken = new Set(rows.map((row) => row.slug));
  let free = slug;
  for (let number = 2; taken.has(free); number += 1) free = `${slug}-${number}`;
  return free;
}

async function hasUser(tx: Tx): Promise<boolean> {
  const [row] = await tx.query("select 1 as found from users limit 1");
  return row !== undefined;
}

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");
