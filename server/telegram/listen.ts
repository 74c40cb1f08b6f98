import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { type IncomingChat, recordPlace } from "#server/messages/index.ts";

import type { Ears } from "./ears.ts";
import { storable } from "./fields.ts";
import type { ReadUpdate } from "./incoming.ts";
import { isAboutTheServer } from "./trouble.ts";

/** In whose transaction, and for whom, something is heard. */
type Listening = { tx: Tx; ctx: Ctx; ears: Ears; spaceId: string };

/** Who does something, and where, by our own ids. */
type Speaker = Parameters<Ears["stop"]>[2];

type Update<Type extends ReadUpdate["type"]> = ReadUpdate & { type: Type };

const CHANNEL = "telegram";

/** Passes on a message that was recorded a moment ago. Bots and chats that speak for themselves are not listened to. */
export async function hearMessage(
  listening: Listening,
  { message, spoken }: Update<"message">,
  recorded: { messageId: string; chatId: string; contributorId: string | null; repliesToMessageId: string | null },
): Promise<void> {
  const { ears, spaceId } = listening;
  const { chatId, contributorId, messageId, repliesToMessageId } = recorded;
  if (contributorId === null || message.author?.isBot !== false || message.kind === "service") return;
  await aside(listening, (tx, ctx) =>
    ears.hear(tx, ctx, {
      spaceId,
      channel: CHANNEL,
      chatId,
      contributorId,
      isPrivate: message.chat.kind === "private",
      language: message.author?.language ?? null,
      messageId,
      externalId: message.externalId,
      ...spoken,
      mediaGroupId: message.mediaGroupId === null ? null : storable(message.mediaGroupId),
      hasFiles: (message.attachments ?? []).length > 0,
      repliesToMessageId,
    }),
  );
}

/** Passes on that someone changed what they had said. */
export async function hearEdit(listening: Listening, { messageId }: { messageId: string }): Promise<void> {
  const { ears, spaceId } = listening;
  await aside(listening, (tx, ctx) => ears.edited(tx, ctx, { spaceId, messageId }));
}

/** Passes on a tap. Whoever tapped may be new, as may be the chat. */
export async function hearTap(listening: Listening, update: Update<"tap">): Promise<void> {
  const speaker = await speakerOf(listening, update);
  const { tapId, token } = update;
  if (speaker) await aside(listening, (tx, ctx) => listening.ears.tap(tx, ctx, { ...speaker, tapId, token }));
}

/** Passes on that someone wants no more of what is being written to them. */
export async function hearStop(listening: Listening, update: Update<"stopped">): Promise<void> {
  const speaker = await speakerOf(listening, update);
  if (speaker) await aside(listening, (tx, ctx) => listening.ears.stop(tx, ctx, speaker));
}

/** Passes on a reaction. Telegram does not say in which topic its message is: that is looked up, also among our own posts. */
export async function hearReaction(listening: Listening, update: Update<"reaction">): Promise<void> {
  const { tx, spaceId } = listening;
  const { chat, messageExternalId: externalId, emoji, added } = update;
  const [found] = await tx.query<{ threadId: string; messageId: string | null }>(
    `select chats.thread_id as "threadId", m.id as "messageId"
       from chats left join messages m on m.chat_id = chats.id and m.external_id = $4
      where chats.space_id = $1 and chats.channel = $2 and chats.external_id = $3
        and (m.id is not null or exists (select from posts where chat_id = chats.id and external_id = $4))
      order by m.id is null limit 1`,
    [spaceId, CHANNEL, chat?.externalId, externalId],
  );
  const thread = found ? { threadId: found.threadId, isTitleKnown: false } : {};
  const speaker = await speakerOf(listening, { ...update, chat: chat && { ...chat, ...thread } });
  const messageId = found?.messageId ?? null;
  if (!speaker) return;
  await aside(listening, (own, ctx) =>
    listening.ears.reacted(own, ctx, { ...speaker, externalId, messageId, emoji, added }),
  );
}

/** Keeps whether anything can be sent to a chat, where we know it: in all of its topics. */
export async function markReachable(tx: Tx, spaceId: string, { chat, unreachable }: Update<"member">): Promise<void> {
  await tx.query("update chats set unreachable = $4 where space_id = $1 and channel = $2 and external_id = $3", [
    spaceId,
    CHANNEL,
    chat?.externalId,
    unreachable,
  ]);
}

/** Who does something where, by our own ids; null where no person does, or in no chat. */
async function speakerOf(
  { tx, spaceId }: Listening,
  { chat, author }: { chat: IncomingChat | null; author: ReadUpdate["author"] },
): Promise<Speaker | null> {
  if (!chat || !author || author.isBot) return null;
  const { chatId, contributorId } = await recordPlace(tx, { spaceId, channel: CHANNEL, chat, author });
  if (contributorId === null) return null;
  const isPrivate = chat.kind === "private";
  return { spaceId, channel: CHANNEL, chatId, contributorId, isPrivate, language: author.language ?? null };
}

/**
 * Lets someone act on what was heard, apart from what recorded it: what they throw is logged and takes back what they did, the
 * events that they announced included, because those wait with a transaction of their own until it is known to end well.
 */
async function aside({ tx, ctx }: Listening, act: (tx: Tx, ctx: Ctx) => Promise<void>): Promise<void> {
  const endings = new Map<string, () => Promise<void>>();
  const own: Tx = { query: tx.query, beforeCommit: (key, work) => void endings.set(key, work) };
  await tx.query("savepoint one_hearing");
  try {
    // Its savepoint ends with the one around it.
    await act(own, ctx);
  } catch (error) {
    if (isAboutTheServer(error)) throw error;
    // Fails as well, and ends the batch, when it is the connection that is gone.
    await tx.query("rollback to savepoint one_hearing");
    ctx.log.error({ error }, "telegram.handle: what was heard could not be acted on");
    return;
  }
  const id = newId();
  for (const [key, work] of endings) tx.beforeCommit(`${key}:${id}`, work);
}
