import { expect, onTestFinished } from "vitest";

import { accessHandlers, type ChannelPort } from "#server/channels/index.ts";
import { createLink } from "#server/channels/links.ts";
import { decidePairing, listPairings, removePairing } from "#server/channels/access-pairings.ts";
import { handle, startQueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { createReceiver, telegramHandle } from "#server/messages/index.ts";
import { messageUpdate } from "#tests/support/telegram-updates/updates.ts";
import { test as base } from "#tests/support/test.ts";

import { noEars } from "./ears.ts";
import { type Drain, handleLane } from "./handle.ts";
import { parseUpdate } from "./webhook.ts";

// Guarantees: whoever is not let in leaves nothing behind but what they asked to be kept, and learns politely how to get in.

const BOT_ID = 4_200_042;
const WITH_BOT: Drain = {
  allowedUserIds: null,
  bot: { id: String(BOT_ID), name: async () => "winnow_test_bot", secret: "only we know" },
  ears: noEars,
};
const BOT_NAME = { botName: async () => "winnow_test_bot" };

/** A worker with a channel that only remembers what was said, and where. */
async function openDoor(ctx: Ctx, drain: Drain) {
  const said: Array<{ to: string; text: string }> = [];
  const port: ChannelPort = {
    name: "telegram",
    paceMs: () => 0,
    send: async (place, { text }) => {
      said.push({ to: place.externalId, text });
      return { externalId: "1", moreIds: [] };
    },
    edit: async (_place, post) => post,
    remove: async () => {},
    draft: async () => false,
    react: async () => {},
    acknowledge: async () => {},
    download: async () => Buffer.alloc(0),
  };
  const queue = await startQueue({
    ctx,
    handlers: [
      handle(telegramHandle, (own, payload, { signal }) => handleLane(drain, own, { ...payload, signal })),
      ...accessHandlers({ channels: { telegram: port } }),
    ],
    homeId: newId(),
    concurrency: 2,
    onFailedForGood: async () => {},
  });
  onTestFinished(queue.stop);
  const receiver = createReceiver({ ...ctx, botId: String(BOT_ID) });
  const idle = async () => {
    const jobs = async () => (await ctx.db.pool.query("select from graphile_worker._private_jobs")).rowCount;
    await expect.poll(jobs, { timeout: 8_000 }).toBe(0);
  };
  return {
    said,
    idle,
    /** One after the other, each with all that follows from it. */
    send: async (...updates: object[]) => {
      for (const update of updates) {
        await receiver.receive(parseUpdate(JSON.stringify(update))!);
        await idle();
      }
    },
  };
}

let people = 880_000_000_000;
const newPerson = () => {
  people += 1;
  return { id: people, is_bot: false, first_name: "Ottoline", last_name: "Quax", username: `quax_${people}` };
};
const newGroup = () => ({ id: -1_009_900_000_000 - (people += 1), title: "Tulip growers", type: "supergroup" });
const saysTo = (from: ReturnType<typeof newPerson>, text: string, given: object = {}) =>
  messageUpdate({ from, chat: { ...from, type: "private" }, text, ...given });
const added = (from: object, chat: object, [before, after] = ["left", "member"]) => ({
  update_id: (people += 1),
  my_chat_member: {
    chat,
    from,
    date: 1_763_700_000,
    old_chat_member: { status: before, user: { id: BOT_ID, is_bot: true, first_name: "Winnow" } },
    new_chat_member: { status: after, user: { id: BOT_ID, is_bot: true, first_name: "Winnow" } },
  },
});
const textsOf = async (db: Db, chat: { id: number }) => {
  const rows = await db.prisma.message.findMany({
    where: { chat: { externalId: String(chat.id) } },
    orderBy: { id: "asc" },
  });
  return rows.map((row) => row.text);
};

/** The columns of all tables that hold a text, whatever their type is. */
async function columnsWith(db: Db, text: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ place: string; schema: string; table: string; column: string }>(
    `select table_schema as schema, table_name as table, column_name as column from information_schema.columns
      where table_schema in ('public', 'graphile_worker') and table_name in (select tablename from pg_tables)`,
  );
  const found: string[] = [];
  for (const { schema, table, column } of rows) {
    const { rowCount } = await db.pool.query(
      `select from "${schema}"."${table}" where strpos(lower("${column}"::text), lower($1)) > 0 limit 1`,
      [text],
    );
    if (rowCount) found.push(`${table}.${column}`);
  }
  return found;
}

// The tests of a file share a database, and everything belongs to its first space.
const test = base.extend<{ spaceId: string }>({
  spaceId: async ({ db, make }, use) => {
    const first = await db.prisma.space.findFirst({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
    await use(first?.id ?? (await make.space()).id);
  },
});

test("of someone who is not let in nothing is kept, whatever they send; they are told once how to get in", async ({
  ctx,
  db,
  spaceId,
}) => {
  const clock = { shiftMs: 0 };
  const own = { ...ctx, now: () => new Date(Date.now() + clock.shiftMs) };
  const { send, said } = await openDoor(own, WITH_BOT);
  const person = newPerson();
  const group = newGroup();
  const from = person;
  const privately = { ...person, type: "private" };
  await send(
    saysTo(person, "/start"),
    saysTo(person, "secret tulip bulbs"),
    saysTo(person, "secret tulip bulbs, edited"),
    messageUpdate(
      { from, chat: privately, message_id: 5, text: "secret tulip bulbs, edited", edit_date: 1_763_900_000 },
      "edited_message",
    ),
    saysTo(person, "", {
      text: undefined,
      document: { file_id: "secret tulip bulbs", file_name: "secret tulip bulbs" },
    }),
    saysTo(person, "secret tulip bulbs", { forward_origin: { type: "user", sender_user: newPerson(), date: 1 } }),
    messageUpdate({ from, chat: group, text: "@winnow_test_bot secret tulip bulbs", entities: [mention(0)] }),
    messageUpdate({ from, chat: group, text: "secret tulip bulbs among us" }),
    { update_id: 1, message_reaction: { chat: group, message_id: 7, user: from, date: 1, new_reaction: [] } },
    {
      update_id: 2,
      callback_query: { id: "9", from, data: "secret tulip bulbs", message: { chat: privately, date: 0 } },
    },
    { update_id: 3, callback_query: { id: "9", from, data: "secret tulip bulbs" } },
    { update_id: 4, stopped_message_generation: { chat: privately, draft_id: 3 } },
    added(from, privately, ["member", "kicked"]),
    { update_id: 5, business_message: { message_id: 5, from, chat: privately, text: "secret tulip bulbs" } },
    { update_id: 6, weather_report: { from, text: "secret tulip bulbs" } },
  );
  for (const trace of ["secret tulip bulbs", String(person.id), person.username, "Ottoline", String(group.id)]) {
    expect([trace, await columnsWith(db, trace)]).toEqual([trace, []]);
  }
  expect(await db.prisma.inboundUpdate.count({ where: { handledAt: null } })).toBe(0);
  // Once to the person and once to the group, both the same day.
  expect(said.map(({ to }) => to)).toEqual([String(person.id), String(group.id)]);
  expect(said[0]?.text).toMatch(/\/pair/);
  expect(spaceId).toBeDefined();

  clock.shiftMs = 25 * 3_600_000;
  await send(saysTo(person, "Hello?"));
  expect(said.filter(({ to }) => to === String(person.id))).toHaveLength(2);
});

function mention(offset: number) {
  return { type: "mention", offset, length: "@winnow_test_bot".length };
}

test("who asks to be let in is kept with name and id, waits for an admin, and is told of the decision", async ({
  ctx,
  db,
  as,
  make,
  spaceId,
}) => {
  const { send, said, idle } = await openDoor(ctx, WITH_BOT);
  const person = newPerson();
  await send(saysTo(person, "/pair please"), saysTo(person, "/pair"), saysTo(person, "Not yet heard"));
  const [asked] = await listPairings(ctx, { spaceId });
  expect(asked).toMatchObject({ subject: "person", displayName: "Ottoline Quax", status: "asked", decidedBy: null });
  expect(await columnsWith(db, String(person.id))).toEqual(["pairings.external_id"]);
  expect(said.map(({ text }) => text)).toEqual([
    expect.stringContaining("An admin has to let you in"),
    expect.stringContaining("/pair"),
  ]);
  const admin = as((await make.user({ spaceId, role: "admin", name: "Ada" })).actor);
  const pairingId = asked!.id;
  await decidePairing(admin, { spaceId, pairingId, decision: "approved" });
  await decidePairing(admin, { spaceId, pairingId, decision: "approved" });
  await idle();
  expect(said.slice(2)).toEqual([{ to: String(person.id), text: expect.stringContaining("Welcome") }]);
  await send(saysTo(person, "Heard now", { from: { ...person, language_code: "et" } }));
  expect(await textsOf(db, person)).toEqual(["Heard now"]);
  const contributor = await db.prisma.contributor.findFirstOrThrow({ where: { externalId: String(person.id) } });
  expect(contributor).toMatchObject({ displayName: "Ottoline Quax", language: "et" });

  await decidePairing(admin, { spaceId, pairingId, decision: "refused" });
  await send(saysTo(person, "Not heard again"), saysTo(person, "/pair"));
  expect(await textsOf(db, person)).toEqual(["Heard now"]);
  expect(said.at(-1)?.text).toMatch(/decided not to/);
  const elsewhere = await make.space();
  await expect(decidePairing(admin, { spaceId: elsewhere.id, pairingId, decision: "approved" })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(removePairing(admin, { spaceId: elsewhere.id, pairingId })).rejects.toMatchObject({ code: "not_found" });
  expect((await listPairings(ctx, { spaceId })).map((pairing) => pairing.id)).toContain(pairingId);
  await removePairing(admin, { spaceId, pairingId });
  expect((await listPairings(ctx, { spaceId })).map((pairing) => pairing.id)).not.toContain(pairingId);
});

test("a link lets in whoever opens it first, once, for a day; a link of one's own links to the user", async ({
  ctx,
  db,
  as,
  make,
  spaceId,
}) => {
  const { send, said } = await openDoor(ctx, WITH_BOT);
  const user = await make.user({ spaceId, role: "reviewer", name: "Rita" });
  const token = async (given: Partial<{ subject: "person" | "chat"; forMe: boolean }> = {}, now = new Date()) => {
    const own = { ...as(user.actor), now: () => now };
    const link = await createLink(own, { spaceId, subject: "person", forMe: false, ...given }, BOT_NAME);
    return /[?](start|startgroup)=([\w-]{43})$/.exec(link.url)![2]!;
  };
  const [first, second, third] = [newPerson(), newPerson(), newPerson()];
  const invitation = await token();
  expect(await columnsWith(db, invitation)).toEqual([]);
  await send(saysTo(first, `/start ${invitation}`), saysTo(first, "In"), saysTo(second, `/start ${invitation}`));
  expect(await textsOf(db, first)).toEqual(["In"]);
  expect(await textsOf(db, second)).toEqual([]);
  // Two days old, or for a group: not good here, and not used up by that.
  const forGroup = await token({ subject: "chat" });
  await send(saysTo(second, `/start ${await token({}, new Date(Date.now() - 48 * 3_600_000))}`));
  await send(saysTo(second, `/start ${forGroup}`), saysTo(second, "Still out"));
  expect(await textsOf(db, second)).toEqual([]);
  expect(said.filter(({ to }) => to === String(second.id)).map(({ text }) => text)).toEqual([
    expect.stringContaining("used before"),
    expect.stringContaining("/pair"),
  ]);
  expect(await columnsWith(db, String(second.id))).toEqual([]);

  await send(saysTo(third, `/start ${await token({ forMe: true })}`), saysTo(third, "It is me"));
  const linked = () =>
    db.prisma.contributor.findMany({ where: { userId: user.id }, select: { externalId: true, displayName: true } });
  expect(await linked()).toEqual([{ externalId: String(third.id), displayName: "Ottoline Quax" }]);
  // On another account: a user is one person.
  await send(saysTo(first, `/start ${await token({ forMe: true })}`));
  expect(await linked()).toMatchObject([{ externalId: String(first.id) }]);

  const group = newGroup();
  await send(
    messageUpdate({ from: second, chat: group, text: `/start@winnow_test_bot ${forGroup}` }),
    messageUpdate({ from: second, chat: group, text: "We are all heard" }),
  );
  expect(await textsOf(db, group)).toEqual(["We are all heard"]);
  expect(await db.prisma.linkToken.count({ where: { usedAt: null } })).toBe(0);
});

test("a group is let in by an admin or reviewer who adds the bot, asked for by anyone let in, and turned away else", async ({
  ctx,
  db,
  as,
  make,
  spaceId,
}) => {
  const { send, said } = await openDoor(ctx, { ...WITH_BOT, allowedUserIds: new Set(["5"]) });
  const user = await make.user({ spaceId, role: "reviewer", name: "Rob" });
  const [reviewer, member, stranger] = [newPerson(), newPerson(), newPerson()];
  const open = async (forMe: boolean) =>
    `/start ${(await createLink(as(user.actor), { spaceId, subject: "person", forMe }, BOT_NAME)).url.split("=")[1]}`;
  await send(saysTo(reviewer, await open(true)), saysTo(member, await open(false)));
  const [byReviewer, byMember, byStranger, byListed] = [newGroup(), newGroup(), newGroup(), newGroup()];
  await send(
    added(reviewer, byReviewer),
    added(member, byMember, ["kicked", "administrator"]),
    added(stranger, byStranger),
    added({ ...stranger, id: 5 }, byListed),
  );
  const pairings = await db.prisma.pairing.findMany({ where: { subject: "chat" } });
  const statusOf = (chat: { id: number }) => pairings.find((each) => each.externalId === String(chat.id))?.status;
  expect([byReviewer, byListed].map(statusOf)).toEqual(["approved", "approved"]);
  const askedFor = await db.prisma.pairing.findFirst({ where: { externalId: String(byMember.id) } });
  expect(askedFor).toMatchObject({ status: "asked", displayName: "Tulip growers" });
  expect(await columnsWith(db, String(byStranger.id))).toEqual([]);
  for (const chat of [byReviewer, byMember, byStranger, byListed]) {
    await send(messageUpdate({ from: stranger, chat, text: "Anyone here?" }));
  }
  expect(await textsOf(db, byReviewer)).toEqual(["Anyone here?"]);
  expect(await textsOf(db, byMember)).toEqual([]);
  expect(await textsOf(db, byStranger)).toEqual([]);
  expect(said.find(({ to }) => to === String(byStranger.id))?.text).toMatch(/not let this group in/);
  expect(said.find(({ to }) => to === String(byMember.id))?.text).toMatch(/has to let this group in/);

  // It goes on as a supergroup, and stays let in.
  const next = newGroup();
  await send(
    messageUpdate({ from: stranger, chat: byReviewer, migrate_to_chat_id: next.id }),
    messageUpdate({ from: stranger, chat: next, migrate_from_chat_id: byReviewer.id }),
    messageUpdate({ from: stranger, chat: next, text: "Here we are" }),
  );
  expect((await textsOf(db, next)).at(-1)).toBe("Here we are");
  // When the bot is taken out, it is known that nothing can be sent there.
  await send(added(stranger, next, ["member", "left"]));
  const reach = async () =>
    (await db.prisma.chat.findFirstOrThrow({ where: { externalId: String(next.id) } })).unreachable;
  expect(await reach()).toMatch(/taken out/);
  await send(added(stranger, next));
  expect(await reach()).toBeNull();
});

test("words of someone who is not heard are not kept either where someone who is answers them, or pins them", async ({
  ctx,
  db,
  as,
  make,
  spaceId,
}) => {
  const { send } = await openDoor(ctx, WITH_BOT);
  const { actor } = await make.user({ spaceId, role: "reviewer" });
  const link = await createLink(as(actor), { spaceId, subject: "person", forMe: false }, BOT_NAME);
  const [heard, stranger, chat] = [newPerson(), newPerson(), newGroup()];
  const theirs = { message_id: 8, from: stranger, chat, date: 1, text: "violet secrets" };
  const own = { ...theirs, from: heard, text: "my own words" };
  const botsOwn = { ...theirs, from: { id: BOT_ID, is_bot: true, first_name: "Winnow" }, text: "the bot's words" };
  await send(
    saysTo(heard, `/start ${link.url.split("=")[1]}`),
    messageUpdate({ from: heard, chat, text: "To them", reply_to_message: theirs, quote: { text: "violet secrets" } }),
    messageUpdate({ from: heard, chat, pinned_message: theirs }),
    messageUpdate({ from: heard, chat, text: "To myself", reply_to_message: own }),
    messageUpdate({ from: heard, chat, text: "To the bot", reply_to_message: botsOwn }),
  );
  expect(await textsOf(db, chat)).toEqual(["To them", "", "To myself", "To the bot"]);
  for (const trace of ["violet secrets", String(stranger.id), stranger.username]) {
    expect([trace, await columnsWith(db, trace)]).toEqual([trace, []]);
  }
  for (const kept of ["my own words", "the bot's words"]) {
    expect(await columnsWith(db, kept)).toEqual(["inbound_updates.payload"]);
  }
  const answer = await db.prisma.message.findFirstOrThrow({ where: { text: "To them" } });
  expect(answer.replyToExternalId).toBe("8");
});

test("where the space hears everyone, everyone is heard", async ({ ctx, db, spaceId }) => {
  await db.prisma.setting.create({
    data: { spaceId, key: "telegram.access", value: "everyone", updatedBy: {}, updatedAt: new Date() },
  });
  const { send, said } = await openDoor(ctx, WITH_BOT);
  const person = newPerson();
  await send(saysTo(person, "Hello"));
  expect(await textsOf(db, person)).toEqual(["Hello"]);
  expect(said).toEqual([]);
  await db.prisma.setting.deleteMany({ where: { key: "telegram.access" } });
});
