import type { Channel } from "#prisma/enums.ts";
import type { Role } from "#server/auth/schema.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import type { Db } from "#server/lib/db.ts";

import type { Presser } from "../tap.ts";
import { languageFor } from "../speech.ts";
import { type Language, type Words, wordsIn } from "../words/index.ts";

/** Who gives a command or presses a button of one, and where. Read anew each time: roles and languages change. */
export type Caller = {
  spaceId: string;
  space: { slug: string; name: string; timeZone: string };
  chatId: string;
  channel: Channel;
  isPrivate: boolean;
  contributorId: string;
  /** The user that the account is linked to, or else the contributor. */
  actor: Actor;
  /** The role in the space's dashboard; null where the account is not linked to a member. */
  role: Role | null;
  language: Language;
  words: Words;
};

type Place = { spaceId: string; chatId: string; contributorId: string };

/** Looks a person up in a chat; null where there is no such person or chat in the space. */
export async function callerIn(
  db: Pick<Db, "prisma">,
  { spaceId, chatId, contributorId }: Place,
): Promise<Caller | null> {
  const [person, chat] = await Promise.all([
    db.prisma.contributor.findFirst({
      where: { id: contributorId, spaceId },
      include: {
        settings: true,
        space: { select: { slug: true, name: true, timeZone: true } },
        user: { include: { memberships: { where: { spaceId } } } },
      },
    }),
    db.prisma.chat.findFirst({ where: { id: chatId, spaceId }, select: { kind: true, channel: true } }),
  ]);
  if (!person || !chat) return null;
  const language = languageFor(person);
  return {
    ...{ spaceId, chatId, contributorId, language },
    space: person.space,
    channel: chat.channel,
    isPrivate: chat.kind === "private" || chat.channel === "web",
    actor: person.user
      ? { type: "user", userId: person.user.id, name: person.user.name }
      : { type: "contributor", contributorId, name: person.displayName },
    role: person.user?.memberships[0]?.role ?? null,
    words: wordsIn(language),
  };
}

/** Who wrote a message, and what they wrote; null where the message is gone or nobody's. */
export async function authorOf(
  db: Pick<Db, "prisma">,
  { spaceId, messageId }: { spaceId: string; messageId: string },
): Promise<{ caller: Caller; text: string; externalId: string } | null> {
  const message = await db.prisma.message.findFirst({
    where: { id: messageId, spaceId },
    select: { chatId: true, contributorId: true, text: true, externalId: true },
  });
  if (!message || message.contributorId === null) return null;
  const { chatId, contributorId, text, externalId } = message;
  const caller = await callerIn(db, { spaceId, chatId, contributorId });
  return caller && { caller, text, externalId };
}

/** What the posts of commands are about: the person who gave them. Nobody else may press what is under them. */
export const subjectOf = ({ contributorId }: Pick<Caller, "contributorId">) => ({ type: "command", id: contributorId });

/** Does what a button under a person's own post says; others are told that it is not theirs. */
export async function asOwner(
  ctx: Ctx,
  presser: Presser,
  work: (caller: Caller) => Promise<string | null>,
): Promise<string | null> {
  const post = await ctx.db.prisma.post.findUnique({ where: { id: presser.postId }, select: { subjectId: true } });
  if (post?.subjectId !== presser.contributorId) return presser.words("core.tap.notYours");
  const caller = await callerIn(ctx.db, presser);
  return caller && work(caller);
}
