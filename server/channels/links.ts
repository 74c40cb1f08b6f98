import { createHash, randomBytes } from "node:crypto";

import type { PairingSubject } from "#prisma/enums.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import { letIn, type Subject } from "./access.ts";

/** The name that the bot goes by on its channel, without the @; null where there is no bot or it is not known. */
export type BotName = () => Promise<string | null>;

const LIFETIME_MS = 24 * 3_600_000;
const TOKEN_BYTES = 32;
/** What a token looks like: 32 bytes in base64url, of the 64 characters that Telegram lets a link carry. */
const TOKEN = /^[\w-]{43}$/;

/**
 * Makes a link into the bot that works once, for a day: whoever opens it in a private chat is let in, or the group that the bot is
 * added to with it. Only a hash of it is kept.
 * @param input.forMe links whoever opens it to the user who asks, too
 * @throws AppError `unavailable` when the bot's name is not known
 */
export async function createLink(
  ctx: Ctx,
  input: { spaceId: string; subject: PairingSubject; forMe: boolean },
  { botName }: { botName: BotName },
): Promise<{ url: string; expiresAt: Date }> {
  const name = await botName();
  if (name === null) {
    throw new AppError(
      "unavailable",
      "The name of the bot is not known, so that there is nothing to link to. Check TELEGRAM_BOT_TOKEN, then try again.",
    );
  }
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + LIFETIME_MS);
  const userId = input.forMe && input.subject === "person" && ctx.actor.type === "user" ? ctx.actor.userId : null;
  await transaction(ctx.db, async (tx) => {
    await tx.query("delete from link_tokens where expires_at < $1", [now]);
    await tx.query(
      `insert into link_tokens (id, space_id, token_hash, subject, user_id, created_by, created_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [newId(), input.spaceId, hashOf(token), input.subject, userId, JSON.stringify(ctx.actor), now, expiresAt],
    );
  });
  const parameter = input.subject === "person" ? "start" : "startgroup";
  return { url: `https://t.me/${name}?${parameter}=${token}`, expiresAt };
}

/** Whether words that came with a start command may be a token of a link. */
export const isToken = (words: string): boolean => TOKEN.test(words);

/**
 * Uses up a link: whoever opened it is let in, and linked to the user whose own link it was.
 * @returns false where it is no link of ours for this kind of chat, or not good any more; nothing has changed then
 */
export async function useLink(
  tx: Tx,
  ctx: Ctx,
  opened: Subject & { token: string; displayName: string; username: string | null },
): Promise<boolean> {
  const { token, spaceId, channel, subject, externalId, displayName, username } = opened;
  const [link] = await tx.query<{ userId: string | null; createdBy: Actor }>(
    `update link_tokens set used_at = $1
      where token_hash = $2 and space_id = $3 and subject = $4 and used_at is null and expires_at > $1
     returning user_id as "userId", created_by as "createdBy"`,
    [ctx.now(), hashOf(token), spaceId, subject],
  );
  if (!link) return false;
  await letIn(tx, ctx, { spaceId, channel, subject, externalId, displayName, by: link.createdBy });
  if (link.userId === null) return true;
  // A user is one person on a channel.
  await tx.query("update contributors set user_id = null where space_id = $1 and channel = $2 and user_id = $3", [
    spaceId,
    channel,
    link.userId,
  ]);
  await tx.query(
    `insert into contributors (id, space_id, channel, external_id, display_name, username, user_id)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (space_id, channel, external_id)
       do update set display_name = excluded.display_name, username = excluded.username, user_id = excluded.user_id`,
    [newId(), spaceId, channel, externalId, displayName, username, link.userId],
  );
  return true;
}

/** Who the user is on Telegram, as they showed with a link of their own; null where they have not. */
export async function linkedTo(
  ctx: Ctx,
  input: { spaceId: string; userId: string },
): Promise<{ displayName: string; username: string | null } | null> {
  return ctx.db.prisma.contributor.findFirst({
    where: { spaceId: input.spaceId, userId: input.userId, channel: "telegram" },
    select: { displayName: true, username: true },
  });
}

/** The user is nobody in particular on Telegram any more. They are still heard there. */
export async function unlink(ctx: Ctx, input: { spaceId: string; userId: string }): Promise<void> {
  await transaction(ctx.db, (tx) =>
    tx.query("update contributors set user_id = null where space_id = $1 and user_id = $2 and channel = 'telegram'", [
      input.spaceId,
      input.userId,
    ]),
  );
}

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");
