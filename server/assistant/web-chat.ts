import { shownOf, webChatId } from "#server/channels/index.ts";
import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import { recordMessage } from "#server/messages/index.ts";

import { hear } from "./hear.ts";

type Person = { spaceId: string; user: { id: string; name: string } };
type Upload = { name: string; mime: string; bytes: Buffer };

const SHOWN = 100;
const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

/** A message in the chat of the dashboard: recorded and heard like one of any other channel. */
export async function sendWebMessage(
  ctx: Ctx,
  { spaceId, user, text, files, language }: Person & { text: string; files: Upload[]; language: string | null },
): Promise<{ messageId: string }> {
  if (text.trim() === "" && files.length === 0) throw new AppError("invalid_input", "Write something, or add a file.");
  for (const { name, bytes } of files) {
    if (bytes.length > MAX_UPLOAD_BYTES) {
      throw new AppError("invalid_input", `“${name}” is larger than 20 MB. Nothing was sent; send a smaller one.`);
    }
  }
  return transaction(ctx.db, async (tx) => {
    const externalId = newId();
    const { messageId, chatId, contributorId } = await recordMessage(tx, ctx, {
      spaceId,
      channel: "web",
      chat: {
        ...{ externalId: webChatId({ spaceId, userId: user.id }), threadId: "", kind: "private" },
        ...{ title: `${user.name} in the dashboard`, isTitleKnown: true, username: null },
      },
      author: { externalId: user.id, displayName: user.name, username: null, isBot: false, language },
      externalId,
      kind: files.length > 0 && text === "" ? "document" : "text",
      text,
      entities: [],
      attachments: [],
      forwardOrigin: null,
      replyToExternalId: null,
      mediaGroupId: null,
      permalink: null,
      sentAt: ctx.now(),
      editedAt: null,
    });
    if (contributorId === null) throw new Error("A message that was just recorded has no author.");
    await tx.query("update contributors set user_id = $2 where id = $1 and user_id is distinct from $2", [
      contributorId,
      user.id,
    ]);
    for (const { name, mime, bytes } of files) {
      await tx.query(
        `insert into attachments (id, space_id, message_id, kind, external_id, name, mime, size, content, created_at)
         values ($1::uuid, $2, $3, $4, $1::uuid::text, $5, $6, $7, $8, $9)`,
        [newId(), spaceId, messageId, kindOf(mime), name, mime, bytes.length, bytes, ctx.now()],
      );
    }
    emit(tx, { spaceId, type: "chat.posted", subjectId: chatId, actor: ctx.actor, at: ctx.now() });
    const [, name, words = ""] = /^\/([a-z_]+)(?:\s+([\s\S]*))?$/i.exec(text.trim()) ?? [];
    await hear(tx, ctx, {
      ...{ spaceId, channel: "web", chatId: chatId, contributorId, isPrivate: true, language },
      ...{ messageId, externalId, text, isAddressed: true, answersWinnow: false, mediaGroupId: null },
      command: name === undefined ? null : { name: name.toLowerCase(), words: words.trim() },
      hasFiles: files.length > 0,
      repliesToMessageId: null,
    });
    return { messageId };
  });
}

/** The chat of a user in the dashboard, oldest first: what they wrote and what Winnow said. */
export async function webChat(ctx: Ctx, { spaceId, userId }: { spaceId: string; userId: string }) {
  const chat = await ctx.db.prisma.chat.findFirst({
    where: { spaceId, channel: "web", externalId: webChatId({ spaceId, userId }) },
  });
  if (!chat) return { chatId: null, mode: "note" as const, items: [] };
  const [messages, posts, conversation] = await Promise.all([
    ctx.db.prisma.message.findMany({
      where: { chatId: chat.id },
      orderBy: [{ sentAt: "desc" }, { id: "desc" }],
      take: SHOWN,
      include: { attachments: { select: { name: true, kind: true, size: true } } },
    }),
    ctx.db.prisma.post.findMany({
      where: { chatId: chat.id, deletedAt: null },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: SHOWN,
      include: { buttons: true },
    }),
    ctx.db.prisma.conversation.findFirst({ where: { chatId: chat.id, endedAt: null }, select: { mode: true } }),
  ]);
  const said = messages.map((message) => ({
    ...{ from: "you" as const, id: message.id, at: message.sentAt, text: message.text },
    files: message.attachments.map(({ name, kind, size }) => ({
      name: name ?? kind,
      size: size === null ? null : Number(size),
    })),
  }));
  const answered = posts.map((post) => ({
    from: "winnow" as const,
    id: post.id,
    at: post.createdAt,
    ...shownOf(post),
  }));
  return {
    chatId: chat.id,
    mode: conversation?.mode ?? ("note" as const),
    items: [...said, ...answered].toSorted((a, b) => a.at.getTime() - b.at.getTime()).slice(-SHOWN),
  };
}

/** Who a user is in their chat of the dashboard. @throws AppError `not_found` where they have not written yet */
export async function webContributor(ctx: Ctx, { spaceId, userId }: { spaceId: string; userId: string }) {
  const contributor = await ctx.db.prisma.contributor.findFirst({
    where: { spaceId, channel: "web", externalId: userId },
  });
  const chat = await ctx.db.prisma.chat.findFirst({
    where: { spaceId, channel: "web", externalId: webChatId({ spaceId, userId }) },
  });
  if (!contributor || !chat) throw new AppError("not_found", "You have not written in this chat yet.");
  return { contributorId: contributor.id, chatId: chat.id };
}

function kindOf(mime: string): string {
  const [family] = mime.split("/");
  return family === "image" ? "photo" : family === "audio" || family === "video" ? family : "document";
}
