import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import type { Channel, Role } from "#prisma/enums.ts";

export type Make = ReturnType<typeof makers>;

/** Factories: each makes the row and the parents that were not given. */
export function makers(db: Db) {
  const space = async (given: { name?: string; slug?: string } = {}) => {
    const id = newId();
    return db.prisma.space.create({
      data: { id, slug: given.slug ?? `space-${id.slice(-8)}`, name: given.name ?? "Test space" },
    });
  };

  const user = async (given: { spaceId?: string; role?: Role; name?: string } = {}) => {
    const id = newId();
    const name = given.name ?? "Vera Lind";
    const row = await db.prisma.user.create({ data: { id, name, email: `${id}@example.org`, emailVerified: true } });
    if (given.spaceId) {
      await db.prisma.membership.create({
        data: { id: newId(), spaceId: given.spaceId, userId: id, role: given.role ?? "reviewer" },
      });
    }
    return { ...row, actor: { type: "user" as const, userId: id, name } };
  };

  const chat = async (given: { spaceId?: string; title?: string; channel?: Channel } = {}) => {
    const id = newId();
    return db.prisma.chat.create({
      data: {
        id,
        spaceId: given.spaceId ?? (await space()).id,
        channel: given.channel ?? "telegram",
        externalId: `-100${Date.now()}${id.slice(-4)}`,
        kind: "supergroup",
        title: given.title ?? "Harbour team",
      },
    });
  };

  const contributor = async (given: { spaceId: string; displayName?: string; username?: string }) => {
    const id = newId();
    return db.prisma.contributor.create({
      data: {
        id,
        spaceId: given.spaceId,
        channel: "telegram",
        externalId: id,
        displayName: given.displayName ?? "Nora Field",
        username: given.username ?? null,
      },
    });
  };

  let messageCount = 0;
  const message = async (
    given: {
      chatId?: string;
      spaceId?: string;
      contributorId?: string;
      text?: string;
      sentAt?: Date;
      kind?: string;
    } = {},
  ) => {
    const parent = given.chatId
      ? await db.prisma.chat.findUniqueOrThrow({ where: { id: given.chatId } })
      : await chat(given.spaceId ? { spaceId: given.spaceId } : {});
    messageCount += 1;
    return db.prisma.message.create({
      data: {
        id: newId(),
        spaceId: parent.spaceId,
        chatId: parent.id,
        contributorId: given.contributorId ?? (await contributor({ spaceId: parent.spaceId })).id,
        externalId: String(messageCount),
        kind: given.kind ?? "text",
        text: given.text ?? "Nora, please renew the harbour permit by Friday.",
        sentAt: given.sentAt ?? new Date(),
      },
    });
  };

  return { space, user, chat, contributor, message };
}
