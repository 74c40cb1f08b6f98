import { existsSync, readdirSync, readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect } from "vitest";

import { createReceiver } from "#server/messages/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { messageUpdate, SAMPLES } from "#tests/support/telegram-updates/updates.ts";
import { test } from "#tests/support/test.ts";

import { noEars } from "./ears.ts";
import { type Drain, handleLane } from "./handle.ts";
import { createWebhook } from "./webhook.ts";

// Guarantees: an acknowledged update is stored; the same one any number of times is one; nothing that comes in crashes anything.

const SECRET = "the-secret-that-telegram-sends";
const EVERYONE: Drain = { allowedUserIds: null, bot: null, ears: noEars };

const doorOn = (ctx: Ctx) =>
  createWebhook({ receiver: createReceiver({ db: ctx.db, log: ctx.log, botId: "42", now: ctx.now }), secret: SECRET });

const request = (body: string, headers: Record<string, string> = { "x-telegram-bot-api-secret-token": SECRET }) =>
  new Request("http://localhost/api/telegram/webhook", { method: "POST", headers, body });

async function drainAll(ctx: Ctx, drain: Drain = EVERYONE) {
  const { rows } = await ctx.db.pool.query<{ chatKey: string }>(
    `select distinct chat_key as "chatKey" from inbound_updates where handled_at is null`,
  );
  for (const lane of rows) await handleLane(drain, ctx, lane);
}

describe("the door", () => {
  test.for([
    ["no secret", request("{}", {}), 401],
    ["a wrong secret", request("{}", { "x-telegram-bot-api-secret-token": `${SECRET}x` }), 401],
    ["no JSON", request("{update_id:1"), 400],
    ["a list", request("[1]"), 400],
    ["null", request("null"), 400],
    ["no update_id", request('{"message":{}}'), 400],
    ["an update_id that is no whole number", request('{"update_id":"7"}'), 400],
    ["more than 1 MiB", request(JSON.stringify({ update_id: 1, pad: "x".repeat(1_048_577) })), 413],
  ] as const)("%s is refused", async ([, given, status], { ctx }) => {
    expect((await doorOn(ctx)(given)).status).toBe(status);
  });

  test("says 503 when it cannot store, so that Telegram tries again", async ({ ctx }) => {
    const broken = { ...ctx.db, pool: { query: () => Promise.reject(new Error("down")) } } as unknown as Ctx["db"];
    expect((await doorOn({ ...ctx, db: broken })(request('{"update_id":1}'))).status).toBe(503);
  });

  test("the same update fifty times at once is one row and one message", async ({ ctx, db, make }) => {
    await make.space();
    const update = messageUpdate({ text: "Only once, please." });
    const door = doorOn(ctx);
    const answers = await Promise.all(Array.from({ length: 50 }, () => door(request(JSON.stringify(update)))));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(await db.prisma.inboundUpdate.count({ where: { updateId: update.update_id } })).toBe(1);
    await Promise.all([drainAll(ctx), drainAll(ctx)]);
    expect(await db.prisma.message.count({ where: { text: "Only once, please." } })).toBe(1);
  });

  test("an update that Postgres will not take does not keep the others out", async ({ ctx, db }) => {
    const door = doorOn(ctx);
    const beyondBigint = JSON.stringify({ update_id: 800_001, message: { chat: { id: 1 } } });
    const hostile = `{"update_id":800002,"text":"\\u0000 and ${"\ud800"}"}`;
    const answers = await Promise.all([
      door(request(beyondBigint)),
      door(request(hostile)),
      door(request('{"update_id":800003}')),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(await db.prisma.inboundUpdate.count({ where: { updateId: { gte: 800_001, lte: 800_003 } } })).toBe(3);
  });
});

describe("what becomes of updates", () => {
  for (const { name, update, kind } of SAMPLES) {
    test(`${name}: ${kind ?? "no message"}`, async ({ ctx, db, make }) => {
      await make.space();
      expect((await doorOn(ctx)(request(JSON.stringify(update)))).status).toBe(200);
      await drainAll(ctx);
      const { update_id } = update as { update_id: number };
      const row = await db.prisma.inboundUpdate.findFirstOrThrow({ where: { updateId: update_id } });
      expect(row.handledAt).not.toBeNull();
      expect(row.outcome).toMatch(kind === null ? /^(?:ignored|heard|noted): / : /^recorded$/);
      if (kind === null) return;
      const { message_id } = Object.values(update).find((part) => typeof part === "object") as { message_id: number };
      // In a chat that moved, the ids from before have its old id in front.
      const message = await db.prisma.message.findFirstOrThrow({
        where: { externalId: { in: [String(message_id), `-77:${message_id}`] } },
      });
      expect(message.kind).toBe(kind);
    });
  }

  test("a forum topic is a chat of its own, and its first message is no reply", async ({ ctx, db }) => {
    const topic = await db.prisma.chat.findFirstOrThrow({ where: { threadId: "33" }, include: { messages: true } });
    expect(topic.title).toBe("Ferry office › Rosters");
    expect(topic.messages[0]).toMatchObject({
      replyToExternalId: null,
      permalink: expect.stringContaining("https://t.me/c/2200110022/"),
    });
    expect(ctx).toBeDefined();
  });

  test("an edit is a revision, an older one changes nothing, and an edit of an unknown message is recorded", async ({
    ctx,
    db,
    make,
  }) => {
    await make.space();
    const door = doorOn(ctx);
    const first = messageUpdate({ text: "Meet at 9" });
    const message = first.message as object & { date: number };
    const edited = (text: string, seconds: number) =>
      messageUpdate({ ...message, text, edit_date: message.date + seconds }, "edited_message");
    for (const update of [first, edited("Meet at 11", 20), edited("Meet at 10", 10), edited("Meet at 11", 30)]) {
      await door(request(JSON.stringify(update)));
    }
    await drainAll(ctx);
    const { message_id } = first.message as unknown as { message_id: number };
    const row = await db.prisma.message.findFirstOrThrow({
      where: { externalId: String(message_id) },
      include: { revisions: true },
    });
    expect(row).toMatchObject({ text: "Meet at 11", revision: 2 });
    expect(row.revisions.map((revision) => revision.text)).toEqual(["Meet at 9"]);

    await door(
      request(
        JSON.stringify(messageUpdate({ message_id: 99_001, text: "Late", edit_date: 1_763_800_000 }, "edited_message")),
      ),
    );
    await drainAll(ctx);
    expect(await db.prisma.message.findFirst({ where: { externalId: "99001" } })).toMatchObject({
      text: "Late",
      revision: 1,
    });
  });

  test("messages of a chat are recorded in the order of their updates", async ({ ctx, db, make }) => {
    await make.space();
    const updates = Array.from({ length: 120 }, (_, i) =>
      messageUpdate({ text: `line ${i}`, chat: { id: -300, type: "group", title: "Order" } }),
    );
    const door = doorOn(ctx);
    await Promise.all(updates.toReversed().map((update) => door(request(JSON.stringify(update)))));
    await Promise.all([drainAll(ctx), drainAll(ctx), drainAll(ctx)]);
    const rows = await db.prisma.message.findMany({ where: { chat: { externalId: "-300" } }, orderBy: { id: "asc" } });
    expect(rows.map((row) => row.text)).toEqual(updates.map((_, i) => `line ${i}`));
    // Three at once took turns: none did what another had done.
    const outcomes = await db.prisma.inboundUpdate.groupBy({
      by: ["outcome"],
      where: { chatKey: "-300" },
      _count: true,
    });
    expect(outcomes).toEqual([{ outcome: "recorded", _count: 120 }]);
  });

  test("of someone who is not on the list nothing is kept", async ({ ctx, db, make }) => {
    await make.space();
    const update = messageUpdate({ text: "my secret", from: { id: 666, is_bot: false, first_name: "Eve" } });
    await doorOn(ctx)(request(JSON.stringify(update)));
    await drainAll(ctx, { ...EVERYONE, allowedUserIds: new Set(["5101"]) });
    const row = await db.prisma.inboundUpdate.findFirstOrThrow({ where: { updateId: update.update_id } });
    expect(row).toMatchObject({ payload: "{}", outcome: "ignored: from someone who may not be heard" });
    expect(await db.prisma.message.count({ where: { text: "my secret" } })).toBe(0);
  });
});

test("any JSON object with an update_id is taken, and handling it never fails", async ({ ctx, db, make }) => {
  await make.space();
  const door = doorOn(ctx);
  let updateId = 1_000_000;
  await fc.assert(
    fc.asyncProperty(
      fc.object({
        key: fc.constantFrom("message", "edited_message", "chat", "id", "from", "date", "text", "message_id", "x"),
      }),
      async (body) => {
        updateId += 1;
        const answer = await door(request(JSON.stringify({ ...body, update_id: updateId })));
        expect(answer.status).toBe(200);
        await drainAll(ctx);
      },
    ),
    { numRuns: 150 },
  );
  expect(await db.prisma.inboundUpdate.count({ where: { handledAt: null } })).toBe(0);
});

const REAL_SAMPLES = new URL("../../../shared/data/telegram-updates/", import.meta.url);

test.runIf(existsSync(REAL_SAMPLES))("updates of real servers are taken and handled", async ({ ctx, db, make }) => {
  await make.space();
  const files = readdirSync(REAL_SAMPLES).filter((file) => file.endsWith(".json"));
  const door = createWebhook({
    // Their ids repeat: each file plays for a bot of its own.
    receiver: {
      receive: async (update) =>
        createReceiver({ db, log: ctx.log, botId: String(files.length + (update.updateId % 7)), now: ctx.now }).receive(
          update,
        ),
    },
    secret: SECRET,
  });
  for (const file of files) {
    expect([file, (await door(request(readFileSync(new URL(file, REAL_SAMPLES), "utf8")))).status]).toEqual([
      file,
      200,
    ]);
  }
  await drainAll(ctx);
  expect(await db.prisma.inboundUpdate.count({ where: { handledAt: null } })).toBe(0);
  expect(files.length).toBeGreaterThan(10);
});
