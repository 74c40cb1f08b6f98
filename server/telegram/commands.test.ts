import { Api } from "grammy";
import { afterEach, expect } from "vitest";

import { readEnv } from "#server/lib/env.ts";
import { createLog } from "#server/lib/log.ts";
import { createReceiver } from "#server/messages/index.ts";
import { badGateway, startFakeTelegram, tooManyRequests } from "#tests/support/fake-telegram.ts";
import { test } from "#tests/support/test.ts";

import { type CommandList, registerCommands } from "./commands.ts";
import { startTelegram } from "./index.ts";

// Guarantees: each list reaches its scope and language, whatever Telegram does first; a bad list does not keep the others back.

const cleanups: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const ASK = { command: "ask", description: "Ask what is known" };
const LISTS: CommandList[] = [
  { scope: "all_private_chats", language: "", commands: [ASK, { command: "help", description: "What I can do" }] },
  { scope: "all_private_chats", language: "ru", commands: [{ command: "ask", description: "Спросить" }] },
  { scope: "all_chat_administrators", language: "", commands: [{ command: "settings", description: "Settings" }] },
];

async function open() {
  const fake = await startFakeTelegram();
  cleanups.push(fake.stop);
  const lines: string[] = [];
  const log = createLog({ level: "info", stream: { write: (line) => lines.push(line) } });
  const api = new Api(fake.token, { apiRoot: fake.apiRoot });
  return { fake, api, log, lines };
}

test("each list reaches its scope and language, also where Telegram fails at first", async () => {
  const { fake, api, log } = await open();
  fake.fail("setMyCommands", badGateway);
  fake.fail("setMyCommands", { type: "hangUp" });
  await registerCommands({ log, signal: new AbortController().signal, firstPauseMs: 10 }, api, LISTS);
  expect(fake.commandsOf("all_private_chats", "")?.map(({ command }) => command)).toEqual(["ask", "help"]);
  expect(fake.commandsOf("all_private_chats", "ru")).toEqual([{ command: "ask", description: "Спросить" }]);
  expect(fake.commandsOf("all_chat_administrators", "")?.map(({ command }) => command)).toEqual(["settings"]);
  expect(fake.commandsOf("all_group_chats", "")).toBeUndefined();
});

test("a list that Telegram refuses is said and left out", async () => {
  const { fake, api, log, lines } = await open();
  const bad: CommandList = { scope: "all_group_chats", language: "", commands: [{ command: "No!", description: "x" }] };
  const asking = { log, signal: new AbortController().signal, firstPauseMs: 10 };
  await registerCommands(asking, api, [bad, ...LISTS]);
  expect(fake.commandsOf("all_group_chats", "")).toBeUndefined();
  expect(fake.commandsOf("all_private_chats", "")).toHaveLength(2);
  expect(lines.join("")).toContain("BOT_COMMAND_INVALID");
  expect(lines.join("")).not.toContain("fake-token");
});

test.for(["polling", "webhook"])("they are told at the start: %s", async (mode, { ctx }) => {
  const { fake, log } = await open();
  const env = readEnv({
    TELEGRAM_BOT_TOKEN: fake.token,
    TELEGRAM_API_ROOT: fake.apiRoot,
    TELEGRAM_MODE: mode,
    APP_URL: "https://winnow.example.org/",
  });
  // Updates come also while no command can be offered.
  fake.fail("setMyCommands", tooManyRequests(1));
  const receiver = createReceiver({ db: ctx.db, log: ctx.log, botId: "1", now: ctx.now });
  const timing = { longPollS: 1, hangS: 1, firstPauseMs: 10 };
  const connection = startTelegram({ env, db: ctx.db, log, receiver, secret: "hidden", commands: LISTS, timing });
  cleanups.push(connection.stop);
  await expect.poll(() => fake.commandsOf("all_chat_administrators", "")).toHaveLength(1);
  expect(fake.callsOf(mode === "polling" ? "getUpdates" : "setWebhook").length).toBeGreaterThan(0);
});
