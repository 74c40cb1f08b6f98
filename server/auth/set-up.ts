import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

import { hashPassword } from "better-auth/crypto";

import type { Ctx } from "#server/lib/ctx.ts";
import { type Db, transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import type { SetUpInput } from "./schema.ts";

const IDENTIFIER = "first-admin";
const TOKEN_H = 24;

/**
 * A new one-time token for the first admin, printed at start; older ones stop working. Only its hash is kept.
 * @returns null when there is a user already
 */
export async function ensureFirstAdminToken(db: Pick<Db, "pool">): Promise<string | null> {
  return transaction(db, async (tx) => {
    const [user] = await tx.query("select id from users limit 1");
    if (user) return null;
    const token = randomBytes(24).toString("base64url");
    await tx.query("delete from verifications where identifier = $1", [IDENTIFIER]);
    await tx.query(
      "insert into verifications (id, identifier, value, expires_at, updated_at) values ($1, $2, $3, now() + make_interval(hours => $4), now())",
      [newId(), IDENTIFIER, hash(token), TOKEN_H],
    );
    return token;
  });
}

/**
 * Makes the first admin and their space, all at once or not at all. The token is used up with it.
 * @throws AppError `forbidden` when the token is wrong, used or too old, `conflict` when someone was first
 */
export async function setUpFirstAdmin(
  ctx: Ctx,
  input: SetUpInput,
): Promise<{ userId: string; spaceId: string; spaceSlug: string }> {
  const password = await hashPassword(input.password);
  return transaction(ctx.db, async (tx) => {
    const [kept] = await tx.query<{ id: string; value: string }>(
      "select id, value from verifications where identifier = $1 and expires_at > now() for update",
      [IDENTIFIER],
    );
    if (!kept || !isSame(kept.value, hash(input.token))) {
      throw new AppError(
        "forbidden",
        "This link has been used or is too old. Restart Winnow: while nobody has an account, each start prints a new one.",
      );
    }
    const [user] = await tx.query("select id from users limit 1");
    if (user) throw new AppError("conflict", "Winnow has been set up already. Sign in instead.");
    await tx.query("delete from verifications where id = $1", [kept.id]);

    const ids = { userId: newId(), spaceId: newId() };
    const spaceSlug = slugOf(input.spaceName);
    const email = input.email.toLowerCase();
    await tx.query("insert into users (id, name, email, email_verified, updated_at) values ($1, $2, $3, true, now())", [
      ids.userId,
      input.name,
      email,
    ]);
    await tx.query(
      `insert into accounts (id, account_id, provider_id, user_id, password, updated_at)
       values ($1, $2::text, 'credential', $2::uuid, $3, now())`,
      [newId(), ids.userId, password],
    );
    await tx.query("insert into spaces (id, slug, name) values ($1, $2, $3)", [
      ids.spaceId,
      spaceSlug,
      input.spaceName,
    ]);
    await tx.query("insert into memberships (id, space_id, user_id, role) values ($1, $2, $3, 'admin')", [
      newId(),
      ids.spaceId,
      ids.userId,
    ]);
    return { ...ids, spaceSlug };
  });
}

/** The part of an address that names a space: letters and digits of its name, or `space` where it has none. */
function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40);
  return slug || "space";
}

const hash = (token: string) => createHash("sha256").update(token).digest("hex");

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
