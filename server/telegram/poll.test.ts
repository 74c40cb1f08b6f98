import { afterEach, expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { closeDb, openDb } from "#server/lib/db.ts";
import { readEnv } from "#server/lib/env.ts";
import { createLog } from "#server/lib/log.ts";
import { createReceiver, type Receiver } from "#server/messages/index.ts";
import { badGateway, type FakeTelegram, startFakeTelegram, tooManyRequests } from "#tests/support/fake-telegram.ts";
import { startTcpProxy } from "#tests/support/tcp-proxy.ts";
import { messageUpdate } from "#tests/support/telegram-updates/updates.ts";
import { test } from "#tests/support/test.ts";

import { botIdOf, startTelegram } from "./index.ts";

// Guarantees: what Telegram forgets is stored here; one process polls at a time; nothing that Telegram does ends it; no token is logged.

const cleanups: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function startFake() {
  const fake = await startFakeTelegram();
  cleanups.push(fake.stop);
  return fake;
}

/** A process that polls, in short turns. */
function startPoller(
  ctx: Ctx,
  fake: FakeTelegram,
  given: { receiver?: Receiver; log?: Ctx["log"]; env?: object } = {},
) {
  const env = readEnv({
    TELEGRAM_BOT_TOKEN: fake.token,
    TELEGRAM_API_ROOT: fake.apiRoot,
    TELEGRAM_MODE: "polling",
    ...given.env,
  });
  const { db, log, now } = ctx;
  const receiver = given.receiver ?? createReceiver({ db, log, botId: botIdOf(env), now });
  const timing = { longPollS: 1, hangS: 1, firstPauseMs: 100 };
  const connection = startTelegram({
    env,
    db,
    log: given.log ?? log,
    receiver,
    secret: "hidden",
    commands: [],
    timing,
  });
  cleanups.push(connection.stop);
  return connection;
}

const storedIds = async ({ db }: Ctx) =>
  (await db.prisma.inboundUpdate.findMany({ orderBy: { updateId: "asc" } })).map((row) => Number(row.updateId));

test("updates are stored once each, and confirmed only then", async ({ ctx }) => {
  const fake = await startFake();
  const before = [fake.push(messageUpdate({ text: "one" })), fake.push(messageUpdate({ text: "two" }))];
  startPoller(ctx, fake);
  await expect.poll(() => storedIds(ctx), { timeout: 5_000 }).toEqual(before);
  const later = fake.push(messageUpdate({ text: "three" }));
  await expect.poll(() => storedIds(ctx), { timeout: 5_000 }).toEqual([...before, later]);
  await expect.poll(() => fake.unconfirmed(), { timeout: 5_000 }).toBe(0);
  expect(fake.calls[0]?.method).toBe("deleteWebhook");
  expect(fake.callsOf("getUpdates")[0]?.body["allowed_updates"]).toContain("message_reaction");
});

test("ids that start anew, lower than before, are heard", async ({ ctx, db }) => {
  await db.prisma.inboundUpdate.deleteMany();
  const fake = await startFake();
  fake.push({ ...messageUpdate(), update_id: 5_000_000 });
  startPoller(ctx, fake);
  await expect.poll(() => fake.unconfirmed(), { timeout: 5_000 }).toBe(0);
  // Confirmed by an answer that was empty.
  const asked = fake.callsOf("getUpdates").length;
  await expect.poll(() => fake.callsOf("getUpdates").length, { timeout: 5_000 }).toBeGreaterThan(asked + 1);
  fake.push({ ...messageUpdate(), update_id: 77 });
  await expect.poll(() => storedIds(ctx), { timeout: 5_000 }).toEqual([77, 5_000_000]);
});

test("what could not be stored is not confirmed, and asked for again", async ({ ctx }) => {
  const fake = await startFake();
  const id = fake.push(messageUpdate());
  const real = createReceiver({ db: ctx.db, log: ctx.log, botId: "1", now: ctx.now });
  let refusals = 1;
  const receive: Receiver["receive"] = async (update) => {
    if (refusals-- > 0) throw new Error("not now");
    await real.receive(update);
  };
  startPoller(ctx, fake, { receiver: { receive } });
  await expect.poll(() => fake.unconfirmed(), { timeout: 10_000 }).toBe(0);
  expect(await storedIds(ctx)).toContain(id);
  const offsets = fake.callsOf("getUpdates").map((call) => call.body["offset"]);
  expect(offsets.slice(0, 2)).toEqual([undefined, undefined]);
  expect(offsets).toContain(id + 1);
});

test("it goes on after 429, 502, a broken and a silent connection, and waits as long as it was told", async ({
  ctx,
}) => {
  const fake = await startFake();
  fake.fail("deleteWebhook", badGateway);
  fake.fail("getUpdates", tooManyRequests(2));
  fake.fail("getUpdates", { type: "hangUp" });
  fake.fail("getUpdates", { type: "hang" });
  const lines: string[] = [];
  const log = createLog({ level: "trace", stream: { write: (line) => void lines.push(line) } });
  const startedMs = performance.now();
  startPoller(ctx, fake, { log });
  const id = fake.push(messageUpdate());
  await expect.poll(() => storedIds(ctx), { timeout: 15_000 }).toContain(id);
  expect(performance.now() - startedMs).toBeGreaterThan(2_000);
  expect(lines.filter((line) => line.includes('"what":"getUpdates"')).length).toBeGreaterThanOrEqual(4);
  expect(lines.join("")).not.toContain(fake.token.split(":")[1]);
});

test("a webhook that someone sets meanwhile is taken away again", async ({ ctx }) => {
  const fake = await startFake();
  startPoller(ctx, fake);
  await expect.poll(() => fake.callsOf("getUpdates").length, { timeout: 5_000 }).toBeGreaterThan(0);
  await fetch(`${fake.apiRoot}/bot${fake.token}/setWebhook`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url: "https://elsewhere.example.org" }),
  });
  const id = fake.push(messageUpdate());
  await expect.poll(() => storedIds(ctx), { timeout: 10_000 }).toContain(id);
});

test("of several processes one polls, and another one takes over", async ({ ctx }) => {
  const fake = await startFake();
  const first = startPoller(ctx, fake);
  await expect.poll(() => fake.callsOf("getUpdates").length, { timeout: 5_000 }).toBeGreaterThan(0);
  startPoller(ctx, fake);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(fake.callsOf("deleteWebhook")).toHaveLength(1);
  await first.stop();
  const id = fake.push(messageUpdate());
  await expect.poll(() => storedIds(ctx), { timeout: 10_000 }).toContain(id);
  expect(fake.callsOf("deleteWebhook")).toHaveLength(2);
});

test("it stops at once in the middle of a long poll", async ({ ctx }) => {
  const fake = await startFake();
  const connection = startPoller(ctx, fake);
  await expect.poll(() => fake.callsOf("getUpdates").length, { timeout: 5_000 }).toBeGreaterThan(0);
  const startedMs = performance.now();
  await connection.stop();
  expect(performance.now() - startedMs).toBeLessThan(500);
});

test("it goes on when the database was away", async ({ ctx, databaseUrl }) => {
  const fake = await startFake();
  const url = new URL(databaseUrl);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  url.hostname = "127.0.0.1";
  const db = openDb(url.href, { max: 4 });
  cleanups.push(async () => {
    await closeDb(db);
    await proxy.close();
  });
  startPoller({ ...ctx, db }, fake);
  await expect.poll(() => fake.callsOf("getUpdates").length, { timeout: 5_000 }).toBeGreaterThan(0);
  proxy.cut();
  const id = fake.push(messageUpdate());
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(fake.unconfirmed()).toBe(1);
  proxy.mend();
  await expect.poll(() => storedIds(ctx), { timeout: 15_000 }).toContain(id);
});

test("with an https address Telegram is told where to send updates, and asked again when it is busy", async ({
  ctx,
}) => {
  const fake = await startFake();
  fake.fail("setWebhook", tooManyRequests(0));
  startPoller(ctx, fake, { env: { TELEGRAM_MODE: "webhook", APP_URL: "https://winnow.example.org/" } });
  await expect.poll(() => fake.callsOf("setWebhook").length, { timeout: 5_000 }).toBe(2);
  expect(fake.callsOf("setWebhook")[1]?.body).toMatchObject({
    url: "https://winnow.example.org/api/telegram/webhook",
    secret_token: "hidden",
    allowed_updates: expect.arrayContaining(["message", "edited_message", "message_reaction"]),
  });
});

test("without an https address, or with mode off, Telegram is left alone", async ({ ctx }) => {
  const fake = await startFake();
  const lines: string[] = [];
  const log = createLog({ level: "info", stream: { write: (line) => void lines.push(line) } });
  for (const TELEGRAM_MODE of ["webhook", "off"]) {
    const connection = startPoller(ctx, fake, { log, env: { TELEGRAM_MODE } });
    await connection.stop();
  }
  expect(fake.calls).toEqual([]);
  expect(lines.filter((line) => line.includes("Set APP_URL"))).toHaveLength(1);
});
