import { Api } from "grammy";
import { afterEach, expect, test } from "vitest";

import { badGateway, startFakeTelegram } from "#tests/support/fake-telegram.ts";

import { ALLOWED_UPDATES } from "./allowed-updates.ts";
import { checkWebhook, webhookSentences } from "./webhook-health.ts";

const URL_OF_OURS = "https://winnow.example.org/api/telegram/webhook";
const signal = new AbortController().signal;

const cleanups: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function open() {
  const fake = await startFakeTelegram();
  cleanups.push(fake.stop);
  return { fake, api: new Api(fake.token, { apiRoot: fake.apiRoot }) };
}

test("a webhook as it should be needs no words", async () => {
  const { api } = await open();
  await api.setWebhook(URL_OF_OURS, { allowed_updates: ALLOWED_UPDATES });
  const health = await checkWebhook(api, { url: URL_OF_OURS, signal });
  expect(health).toEqual({
    isUrlOurs: true,
    pendingCount: 0,
    lastErrorText: null,
    lastErrorAt: null,
    missingUpdates: [],
    canReadGroups: true,
  });
  expect(webhookSentences(health)).toEqual([]);
});

test("whatever is wrong with it is said, with what to do", async () => {
  const { fake, api } = await open();
  await api.setWebhook("https://other.example/hook", { allowed_updates: ["message"] });
  fake.tellOfWebhook({
    pending_update_count: 7,
    last_error_date: 1_767_607_200,
    last_error_message: "Wrong response from the webhook: 502 Bad Gateway",
  });
  fake.tellOfMe({ can_read_all_group_messages: false });
  const health = await checkWebhook(api, { url: URL_OF_OURS, signal });
  expect(health.missingUpdates).toEqual(ALLOWED_UPDATES.filter((kind) => kind !== "message"));
  expect(webhookSentences(health)).toEqual([
    expect.stringContaining("does not send updates to this address"),
    "Telegram could not deliver an update at 2026-01-05T10:00:00.000Z: Wrong response from the webhook: 502 Bad Gateway. It tries again by itself.",
    expect.stringContaining("7 updates wait"),
    expect.stringContaining("message_reaction"),
    expect.stringContaining("/setprivacy"),
  ]);
});

test("a Telegram that does not answer is an error of ours", async () => {
  const { fake, api } = await open();
  fake.fail("getWebhookInfo", badGateway);
  await expect(checkWebhook(api, { url: URL_OF_OURS, signal })).rejects.toMatchObject({ code: "unavailable" });
  fake.fail("getWebhookInfo", { type: "hangUp" });
  const error: unknown = await checkWebhook(api, { url: URL_OF_OURS, signal }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "AppError", code: "unavailable" });
  expect((error as Error).stack).not.toContain("fake-token");
});
