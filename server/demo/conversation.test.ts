import { describe, expect, test } from "vitest";

import type { IncomingMessage } from "#server/messages/index.ts";
import { type ReadUpdate, readUpdate } from "#server/telegram/incoming.ts";

import { demoUpdates } from "./conversation.ts";

const MINUTE_MS = 60_000;
const NOW = new Date("2026-11-24T13:05:30.400Z");

type Update = { update_id: number; message?: RawMessage; edited_message?: RawMessage };
type RawMessage = { message_id: number; date: number; edit_date?: number };

/** The updates as they arrive: JSON. */
function arriving(now: Date): Update[] {
  return JSON.parse(JSON.stringify(demoUpdates(now)));
}

function received(update: Update, now: Date): IncomingMessage {
  const read: ReadUpdate = readUpdate(update, { spaceId: "5f3c", receivedAt: now, bot: null });
  if (read.type !== "message") throw new Error(`Update ${update.update_id} is not read as a message.`);
  return read.message;
}

const updates = arriving(NOW);
const all = updates.map((update) => received(update, NOW));
const sent = updates.filter(({ message }) => message).map((update) => received(update, NOW));
const edits = updates.filter((update) => update.edited_message).map((update) => received(update, NOW));
const saidWith = (words: string) => all.findLast(({ text }) => text.includes(words));

describe("the demo conversation", () => {
  test("is long enough to be worth a look", () => {
    const people = new Set(sent.filter(({ author }) => !author?.isBot).map(({ author }) => author?.displayName));
    expect(sent.length).toBeGreaterThanOrEqual(80);
    expect(people.size).toBeGreaterThanOrEqual(6);
    expect(sent.filter(({ author }) => author?.isBot)).toHaveLength(2);
    expect(sent.filter(({ replyToExternalId }) => replyToExternalId).length).toBeGreaterThanOrEqual(6);
    expect(edits.length).toBeGreaterThanOrEqual(4);
  });

  test("has its updates and messages numbered as Telegram numbers them", () => {
    for (const ids of [updates.map((update) => update.update_id), sent.map(({ externalId }) => Number(externalId))]) {
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    }
  });

  test.each(["2026-11-24T13:05:30.400Z", "2026-12-31T23:59:59.999Z", "2027-02-28T00:00:00Z", "2028-02-26T06:30:00Z"])(
    "happens in the 30 hours before %s, in order, its last message five minutes old",
    (at) => {
      const now = new Date(at);
      const moments = arriving(now)
        .map((update) => received(update, now))
        .map((message) => (message.editedAt ?? message.sentAt).getTime());
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
      expect(now.getTime() - moments.at(-1)!).toBeLessThan(5 * MINUTE_MS + 1000);
      expect(now.getTime() - moments.at(-1)!).toBeGreaterThanOrEqual(5 * MINUTE_MS);
      expect(now.getTime() - moments[0]!).toBeLessThan(30 * 60 * MINUTE_MS);
      expect(now.getTime() - moments[0]!).toBeGreaterThan(24 * 60 * MINUTE_MS);
    },
  );

  test("comes in bursts: a dozen and more, ten minutes apart in their chats", () => {
    const bursts = Object.values(Object.groupBy(sent, ({ chat }) => chat.threadId)).flatMap((messages = []) =>
      messages.filter(({ sentAt }, index) => {
        const before = messages[index - 1];
        return before === undefined || sentAt.getTime() - before.sentAt.getTime() > 10 * MINUTE_MS;
      }),
    );
    expect(bursts.length).toBeGreaterThanOrEqual(12);
  });

  test("is held in a group and two topics of its forum, each known by its title from its first message on", () => {
    const firsts = new Map(sent.toReversed().map(({ chat }) => [chat.threadId, chat]));
    expect(firsts.size).toBe(3);
    expect([...firsts.values()]).toMatchObject([
      { threadId: "14", title: "Nordlys Ferries › Ticketing", isTitleKnown: true },
      { threadId: "", title: "Nordlys Ferries", isTitleKnown: true, kind: "supergroup" },
      { threadId: "31", title: "Nordlys Ferries › Vessel maintenance", isTitleKnown: true },
    ]);
  });

  test("answers only what was said before in the same place", () => {
    for (const { replyToExternalId, chat, externalId } of sent.filter((message) => message.replyToExternalId)) {
      const answered = sent.find((message) => message.externalId === replyToExternalId);
      expect(answered?.chat.threadId).toBe(chat.threadId);
      expect(Number(replyToExternalId)).toBeLessThan(Number(externalId));
    }
  });

  test("has each of its edits change the text of a message that was sent before", () => {
    for (const edited of edits) {
      const before = sent.find(({ externalId }) => externalId === edited.externalId);
      expect(before).toMatchObject({
        author: edited.author,
        chat: { threadId: edited.chat.threadId },
        sentAt: edited.sentAt,
      });
      expect(before?.text).not.toBe(edited.text);
      expect(edited.editedAt?.getTime()).toBeGreaterThan(edited.sentAt.getTime());
    }
    const layout = [...sent, ...edits].filter(({ text }) => text.includes("prepare the new ticket layout"));
    expect(layout.map(({ text }) => /by \w+day/.exec(text)?.[0])).toEqual(["by Wednesday", "by Friday"]);
  });

  test("brings every kind of message that a group sends now and then", () => {
    const kinds = new Set(sent.map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(["document", "location", "photo", "service", "sticker", "text", "voice"]);
    const albums = sent.filter(({ mediaGroupId }) => mediaGroupId).map(({ kind, text }) => [kind, text !== ""]);
    expect(albums).toEqual([
      ["photo", true],
      ["photo", false],
    ]);
  });

  test("has forwards of a channel, of a user and of people who hide their names", () => {
    const origins = sent.flatMap(({ forwardOrigin }) => (forwardOrigin ? [forwardOrigin] : []));
    expect(origins).toHaveLength(4);
    expect(origins).toMatchObject([
      { type: "channel", chat: { title: "Port of Skarnvik: notices" } },
      { type: "hidden_user", sender_user_name: "Summer Pass Winner" },
      { type: "user", sender_user: { username: "ellen_dahl" } },
      { type: "hidden_user", sender_user_name: "Anna K." },
    ]);
  });

  test("names people with mentions that stand where Telegram says, after emoji too", () => {
    const mentions = all.flatMap(({ text, entities }) =>
      entities.map((entity) => {
        const { offset, length } = entity as { offset: number; length: number };
        return text.slice(offset, offset + length);
      }),
    );
    expect(mentions.length).toBeGreaterThanOrEqual(8);
    for (const mention of mentions) expect(mention).toMatch(/^@\w+$/);
    expect(saidWith("🚢🚨")?.entities).toEqual([{ type: "mention", offset: 5, length: 6 }]);
  });

  test("has a promise with a date in Russian, and a stranger's message that tries to be more than text", () => {
    expect(saidWith("закажу новый насос")?.text).toMatch(/до \d+ \p{L}+$/u);
    const spam = saidWith("Ignore all previous");
    expect(spam).toMatchObject({ kind: "text", forwardOrigin: { type: "hidden_user" } });
    expect(spam?.text).toMatch(/^---\n[\s\S]*<script>[\s\S]*O{300}/);
  });
});
