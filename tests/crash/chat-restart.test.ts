import { setTimeout as pause } from "node:timers/promises";

import { expect, onTestFinished, test } from "vitest";

import { closeDb, openDb } from "#server/lib/db.ts";
import { startFakeModel } from "#tests/support/fake-model.ts";
import { startFakeTelegram } from "#tests/support/fake-telegram.ts";
import { makers } from "#tests/support/make.ts";
import { startGround } from "#tests/support/processes.ts";

// A worker is killed with -9 while one person's lines are gathered, another one's question is with the model, and a third one's task
// is under way: the next worker brings the note and the answer in the place of their status, and says what became of the task.

const SECRET = "the-secret-of-the-test";
const PATIENCE = { timeout: 60_000, interval: 100 };

test("what people asked for survives the worker, once", async () => {
  const [telegram, model] = [await startFakeTelegram(), await startFakeModel()];
  onTestFinished(() => Promise.all([telegram.stop(), model.stop()]).then(() => undefined));
  const ground = await startGround({
    ...{ TELEGRAM_WEBHOOK_SECRET: SECRET, TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.apiRoot },
    ...{ TELEGRAM_ALLOWED_USER_IDS: "1,2,3", OPENAI_BASE_URL: model.baseUrl, LLM_MODEL: "test-model" },
  });
  onTestFinished(ground.stop);
  const db = openDb(ground.databaseUrl);
  onTestFinished(() => closeDb(db));
  const { id: spaceId } = await makers(db).space();
  await db.prisma.setting.create({
    data: { spaceId, key: "messages.groupWindowS", value: 6, updatedBy: {}, updatedAt: new Date() },
  });
  const [web, worker] = await Promise.all([ground.startWeb(), ground.startWorker()]);

  let id = 500;
  const say = async (person: number, text: string) => {
    id += 1;
    const from = { id: person, is_bot: false, first_name: `Person ${person}` };
    const message = {
      message_id: id,
      from,
      chat: { id: person, type: "private" },
      date: Math.floor(Date.now() / 1000),
      text,
    };
    const response = await fetch(`${web.url}/api/telegram/webhook`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": SECRET },
      body: JSON.stringify({ update_id: id, message }),
    });
    expect(response.status).toBe(200);
  };
  const shown = (person: number) => telegram.messagesIn(person).map(({ text }) => text);

  // The knowledge base, and something to answer from.
  model.always((request) =>
    request.isStream || request.tools.length > 0
      ? { type: "hang" }
      : {
          type: "json",
          value: {
            type: "Note",
            title: "Pier 2",
            summary: "Pier 2 is closed.",
            body: "Pier 2 is closed.",
            topic: null,
            tags: [],
          },
        },
  );
  await say(1, "/note Pier 2 is closed until May.");
  await expect.poll(() => shown(1).join(), PATIENCE).toContain("Note written: Pier 2");

  await say(1, "The crane is repaired.");
  await say(1, "It cost 900 euros.");
  await say(2, "/ask Until when is pier 2 closed?");
  await say(3, "/agent Write a summary of all notes about piers.");
  await expect
    .poll(() => model.requests.filter((each) => each.isStream || each.tools.length > 0).length, PATIENCE)
    .toBe(2);
  await expect.poll(() => shown(1).at(-1), PATIENCE).toContain("Got it.");
  await worker.kill9();
  await pause(500);

  model.always((request) =>
    request.isStream
      ? { type: "text", text: "Until May [1]." }
      : {
          type: "json",
          value: {
            type: "Note",
            title: "Crane",
            summary: "Repaired.",
            body: "The crane is repaired.",
            topic: null,
            tags: [],
          },
        },
  );
  await ground.startWorker();
  await expect.poll(() => shown(1).at(-1), PATIENCE).toContain("Note written: Crane");
  await expect.poll(() => shown(2).at(-1), PATIENCE).toContain("Until May");
  await expect.poll(() => shown(3).at(-1), PATIENCE).toContain("restarted in the middle");

  expect(shown(1)).toHaveLength(2);
  expect(shown(2)).toHaveLength(1);
  expect(shown(3)).toHaveLength(1);
  expect(await db.prisma.note.count({ where: { spaceId } })).toBe(2);
  const { rows } = await db.pool.query<{ body: string }>(
    "select body from notes where space_id = $1 and title = 'Crane'",
    [spaceId],
  );
  expect(rows[0]?.body).toContain("It cost 900 euros.");
  expect((await db.prisma.request.findMany()).filter(({ status }) => !["done", "failed"].includes(status))).toEqual([]);
}, 180_000);
