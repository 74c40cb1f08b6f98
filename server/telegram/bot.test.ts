import { expect, onTestFinished, test } from "vitest";

import { readEnv } from "#server/lib/env.ts";
import { createLog } from "#server/lib/log.ts";
import { badGateway, startFakeTelegram } from "#tests/support/fake-telegram.ts";

import { createBot } from "./bot.ts";

// What the dashboard says of the bot is what Telegram says right now, in sentences that hold no token.

const log = createLog({ level: "silent" });
const options = { signal: new AbortController().signal };

async function open(env: Record<string, string> = {}) {
  const telegram = await startFakeTelegram();
  onTestFinished(() => telegram.stop());
  let atMs = Date.now();
  const given = readEnv({ TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.apiRoot, ...env });
  return {
    telegram,
    bot: createBot(given, { log, now: () => new Date(atMs) }),
    wait: (seconds: number) => (atMs += seconds * 1000),
  };
}

test("says what is in the way of the webhook", async () => {
  const { bot } = await open({ APP_URL: "https://winnow.example" });
  const state = await bot.look(options);
  expect(state).toMatchObject({ isSetUp: true, name: "winnow_test_bot", mode: "webhook" });
  expect(state.sentences.join(" ")).toContain("does not send updates to this address");
});

test("has nothing against polling, and says so when Telegram is not there", async () => {
  const { bot, telegram, wait } = await open({ TELEGRAM_MODE: "polling" });
  expect((await bot.look(options)).sentences).toEqual([]);
  wait(20);
  telegram.fail("getWebhookInfo", badGateway);
  const { sentences } = await bot.look(options);
  expect(sentences).toHaveLength(1);
  expect(sentences.join()).not.toContain(telegram.token.split(":")[1]);
});

test("without a token says what to do", async () => {
  const bot = createBot(readEnv({}), { log, now: () => new Date() });
  expect(await bot.look(options)).toMatchObject({ isSetUp: false, name: null, mode: "off" });
});
