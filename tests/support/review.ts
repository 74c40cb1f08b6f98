import type { Role } from "#prisma/enums.ts";
import type { Channels } from "#server/channels/index.ts";
import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { announce } from "#server/assistant/review/announce.ts";
import { reviewPresses } from "#server/assistant/review/index.ts";
import { press } from "#server/assistant/tap.ts";

import { fakeChannel } from "./fake-channel.ts";
import type { Make } from "./make.ts";

/** A space whose people review in chats, with a channel in memory and someone who brings the log into the chats when asked to. */
export async function reviewRoom(ctx: Ctx, make: Make) {
  const { db } = ctx;
  const channel = fakeChannel();
  /** What stands in a chat, oldest first, by the channel's id of it. */
  const messages = (externalId: string) => channel.in({ externalId });
  const run = await make.run();
  const { spaceId } = run;
  const channels: Channels = { telegram: channel.port };
  const deps = { channels, appUrl: "https://winnow.test" };
  const never = new AbortController().signal;
  let seen = 0;

  /** Someone with a private chat who is let in; with a role, linked to a member. */
  const join = async (given: { name: string; role?: Role | null; isPaired?: boolean; language?: string }) => {
    const { name, role = "reviewer", isPaired = true, language = "en" } = given;
    const user = role ? await make.user({ spaceId, role, name }) : null;
    const { id, externalId } = await make.contributor({ spaceId, displayName: name });
    await db.prisma.contributor.update({ where: { id }, data: { userId: user?.id ?? null, language } });
    const chat = await db.prisma.chat.create({
      data: { id: newId(), spaceId, channel: "telegram", externalId, kind: "private", title: name },
    });
    if (isPaired) await pair("person", externalId);
    return { contributorId: id, chatId: chat.id, externalId, user };
  };

  const pair = (subject: "person" | "chat", externalId: string) =>
    db.prisma.pairing.create({
      data: {
        ...{ id: newId(), spaceId, channel: "telegram", subject, externalId, displayName: "Someone" },
        ...{ status: "approved", askedAt: new Date(), decidedAt: new Date() },
      },
    });

  /** Brings all that happened since the last time into the chats. */
  const catchUp = async () => {
    const events = await eventsSince(db, { spaceId, after: seen });
    const untold = await announce(deps, ctx, events, never);
    seen = events.at(-1)?.seq ?? seen;
    return untold;
  };

  /** Presses the button of a label under a message, as someone. @returns the word that passes */
  const tap = async (
    person: { contributorId: string },
    chat: { chatId: string; externalId: string },
    messageId: string,
    label: string,
  ) => {
    const message = messages(chat.externalId).find(({ id }) => id === messageId);
    const button = message?.buttons.flat().find((each) => each.label.startsWith(label));
    if (!button || !("token" in button)) throw new Error(`There is no button “${label}” under this message.`);
    return pressToken(person, chat.chatId, button.token);
  };

  const pressToken = async (person: { contributorId: string }, chatId: string, token: string) => {
    const { words } = await press(
      // Buttons of other parts do not stand under cards.
      { ...deps, presses: reviewPresses } as Parameters<typeof press>[0],
      ctx,
      { spaceId, chatId, contributorId: person.contributorId, token },
      never,
    );
    return words;
  };

  return { ...{ run, spaceId, deps, channel, messages, join, pair, catchUp, tap, pressToken }, signal: never };
}
