import { randomBytes } from "node:crypto";

import type { Chat, Post } from "#prisma/client.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import type { ChannelPort, Channels, Place, SentPost, Shown, ShownButton } from "./channel.ts";
import { PostContent } from "./schema.ts";

/** Something to be said in a chat. */
export type NewPost = {
  spaceId: string;
  chatId: string;
  /** What is said under one key in one chat is one post: said again, it is the same post with other content. */
  key: string;
  subject: { type: string; id: string };
  content: PostInput;
  /** The message that it answers, by the channel's id. */
  replyTo?: string | null;
  /** Without a sound. */
  isQuiet?: boolean;
  /** Said only where nothing was said under this key yet: whoever comes later knows more. */
  isFirstWord?: boolean;
};

/** What may be left out of a post's content is left out. */
export type PostInput = Partial<PostContent> & Pick<PostContent, "text">;

/** 96 bits: nobody guesses one, and it fits into what a button may carry. */
const TOKEN_BYTES = 12;
/** From when a change is written until it stands in the chat: whoever comes by then shows it. */
const NOT_SHOWN = "It is not shown yet.";

/**
 * Says something, or says it anew in the same place. What is to be said is in the rows before it is sent, so that whoever comes
 * later can go on from there. A chat that does not want us any more is marked, and nothing is thrown for it.
 * @returns the post's id, and whether it stands in the chat
 * @throws AppError `unavailable` where the channel did not answer; `cancelled`
 */
export async function say(
  channels: Channels,
  ctx: Ctx,
  post: NewPost,
  { signal }: { signal: AbortSignal },
): Promise<{ postId: string; isShown: boolean }> {
  const { row, isNew } = await keep(ctx, post);
  if (!isNew && post.isFirstWord) return { postId: row.id, isShown: row.externalId !== null };
  const stands = !isNew && row.externalId !== null && row.failure === null;
  if (stands && same(row.content, post.content)) return { postId: row.id, isShown: true };
  return { postId: row.id, isShown: await show(channels, ctx, row.id, { isQuiet: post.isQuiet ?? false, signal }) };
}

/** Puts other content into a post's place. A post that is not there any more stays as it is. */
export async function revise(
  channels: Channels,
  ctx: Ctx,
  { postId, content }: { postId: string; content: PostInput },
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const changed = await transaction(ctx.db, async (tx) => {
    const [row] = await tx.query<KeptPost>(
      `select id, external_id as "externalId", content, failure from posts where id = $1 and deleted_at is null for update`,
      [postId],
    );
    if (!row) return false;
    if (same(row.content, content)) return row.failure !== null;
    await write(tx, ctx, postId, content);
    return true;
  });
  if (changed) await show(channels, ctx, postId, { isQuiet: true, signal });
}

type KeptPost = { id: string; externalId: string | null; content: unknown; failure: string | null };

/** The row of a post with the content that it is to have; made, or changed where it was there. */
async function keep(ctx: Ctx, post: NewPost): Promise<{ row: KeptPost; isNew: boolean }> {
  const content = PostContent.parse(post.content);
  return transaction(ctx.db, async (tx) => {
    const id = newId();
    const [made] = await tx.query<{ id: string }>(
      `insert into posts (id, space_id, chat_id, key, subject_type, subject_id, content, reply_to_external_id, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (chat_id, key) do nothing returning id`,
      [
        id,
        post.spaceId,
        post.chatId,
        post.key,
        post.subject.type,
        post.subject.id,
        JSON.stringify(content),
        post.replyTo ?? null,
        ctx.now(),
      ],
    );
    if (made) {
      await writeButtons(tx, ctx, { postId: id, spaceId: post.spaceId, content });
      return { row: { id, externalId: null, content, failure: null }, isNew: true };
    }
    const [row] = await tx.query<KeptPost>(
      `select id, external_id as "externalId", content, failure from posts where chat_id = $1 and key = $2 for update`,
      [post.chatId, post.key],
    );
    if (!row) throw new Error("A post that exists could not be read in the same transaction.");
    if (!post.isFirstWord && !same(row.content, content)) await write(tx, ctx, row.id, content);
    return { row, isNew: false };
  });
}

async function write(tx: Tx, ctx: Ctx, postId: string, input: PostInput): Promise<void> {
  const content = PostContent.parse(input);
  const [row] = await tx.query<{ spaceId: string }>(
    `update posts set content = $2, version = version + 1, edited_at = $3, failure = $4 where id = $1 returning space_id as "spaceId"`,
    [postId, JSON.stringify(content), ctx.now(), NOT_SHOWN],
  );
  if (row) await writeButtons(tx, ctx, { postId, spaceId: row.spaceId, content });
}

/** A token for each button that does something; one that does what another did in this post before keeps its token, so that a tap under way still counts. */
async function writeButtons(
  tx: Tx,
  ctx: Ctx,
  { postId, spaceId, content }: { postId: string; spaceId: string; content: PostContent },
): Promise<void> {
  const actions = content.buttons.flat().flatMap(({ action }) => (action ? [JSON.stringify(action)] : []));
  const rows = actions.map((action, position) => ({
    token: randomBytes(TOKEN_BYTES).toString("base64url"),
    position,
    action,
  }));
  await tx.query(
    `with wanted as (
       select token, position, action from jsonb_to_recordset($3::jsonb) as w (token text, position int, action jsonb)
     ), gone as (
       delete from buttons where post_id = $1 and action not in (select action from wanted)
     ), kept as (
       update buttons set position = wanted.position from wanted
        where post_id = $1 and buttons.action = wanted.action returning buttons.action
     )
     insert into buttons (token, space_id, post_id, position, action, created_at)
     select token, $2, $1, position, action, $4 from wanted where action not in (select action from kept)`,
    [
      postId,
      spaceId,
      JSON.stringify(rows.map((row) => ({ ...row, action: JSON.parse(row.action) as unknown }))),
      ctx.now(),
    ],
  );
}

/**
 * Brings what the row says into the chat. Who changes a post at the same moment shows theirs as well: whoever comes last looks
 * whether theirs is still the newest, and shows what is.
 */
async function show(
  channels: Channels,
  ctx: Ctx,
  postId: string,
  { isQuiet, signal }: { isQuiet: boolean; signal: AbortSignal },
): Promise<boolean> {
  for (let shownVersion = -1; ;) {
    const post = await ctx.db.prisma.post.findUnique({ where: { id: postId }, include: { chat: true, buttons: true } });
    if (!post || post.deletedAt !== null) return false;
    if (post.version === shownVersion) return true;
    const port = channels[post.chat.channel];
    if (!port || post.chat.unreachable !== null) return false;
    const showNow = () => reach(ctx, post.chat, () => send(port, post, shownOf(post), { isQuiet, signal }));
    const keepSent = (db: Pick<Tx, "query">, sent: SentPost) =>
      db.query(
        `update posts set external_id = $2, more_ids = $3, sent_at = coalesce(sent_at, $4), failure = null where id = $1`,
        [postId, sent.externalId, sent.moreIds, ctx.now()],
      );
    if (post.externalId === null) {
      // Two who say it at the same moment send it once: the other one finds it there, and edits it.
      const first = await transaction(ctx.db, async (tx) => {
        await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`channels.post:${postId}`]);
        const [row] = await tx.query<{ isSent: boolean }>(
          `select external_id is not null as "isSent" from posts where id = $1`,
          [postId],
        );
        if (row?.isSent) return "there";
        const sent = await showNow();
        if (sent) await keepSent(tx, sent);
        return sent ? "sent" : "unreachable";
      });
      if (first === "unreachable") return false;
      if (first === "sent") shownVersion = post.version;
      continue;
    }
    const sent = await showNow();
    if (!sent) return false;
    await transaction(ctx.db, (tx) => keepSent(tx, sent));
    shownVersion = post.version;
  }
}

type PostInChat = Post & { chat: Chat; buttons: Array<{ token: string; action: unknown }> };

async function send(
  port: ChannelPort,
  post: PostInChat,
  shown: Shown,
  { isQuiet, signal }: { isQuiet: boolean; signal: AbortSignal },
): Promise<SentPost> {
  const place = placeOf(post.chat);
  const sent = sentOf(post);
  if (!sent) return port.send(place, shown, { replyToExternalId: post.replyToExternalId, isQuiet, signal });
  return port.edit(place, sent, shown, { signal }).catch((error: unknown) => {
    // Someone deleted it: what it says is not said again in another place.
    if (error instanceof AppError && error.code === "not_found") return sent;
    // It does not take the change: then the word is said anew, for a person must not be left with "working".
    if (error instanceof AppError && error.code === "invalid_input") {
      return port.send(place, shown, { replyToExternalId: post.replyToExternalId, isQuiet, signal });
    }
    throw error;
  });
}

/** Notes where a chat does not want us any more, so that nothing is tried there until it does. */
async function reach<T>(ctx: Ctx, chat: Pick<Chat, "id">, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "forbidden") throw error;
    await ctx.db.pool.query("update chats set unreachable = $2 where id = $1", [chat.id, error.message]);
    return null;
  }
}

/** A chat as its channel knows it. */
export function placeOf({ externalId, threadId, kind }: Pick<Chat, "externalId" | "threadId" | "kind">): Place {
  return { externalId, threadId, kind };
}

function sentOf({ externalId, moreIds }: Pick<Post, "externalId" | "moreIds">): SentPost | null {
  return externalId === null ? null : { externalId, moreIds };
}

/** What is to be shown of a post: its text, and its buttons with addresses or tokens. */
export function shownOf(post: { content: unknown; buttons: Array<{ token: string; action: unknown }> }): Shown {
  const { text, buttons, isWorking } = PostContent.parse(post.content);
  const tokens = new Map(post.buttons.map(({ action, token }) => [canonical(action), token]));
  const shown = buttons.map((row) =>
    row.flatMap(({ label, style, url, action }): ShownButton[] => {
      const look = { label, ...(style ? { style } : {}) };
      if (url !== undefined) return [{ ...look, url }];
      const token = tokens.get(canonical(action));
      return token === undefined ? [] : [{ ...look, token }];
    }),
  );
  return { text, buttons: shown.filter((row) => row.length > 0), isWorking };
}

function same(content: unknown, input: PostInput): boolean {
  return canonical(content) === canonical(PostContent.parse(input));
}

/** Postgres gives the keys of jsonb in an order of its own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
