// How soon someone in a chat sees that Winnow is at it, and has their answer: from the update at the webhook to the calls that come to
// a Bot API server, through real processes that are idle otherwise. The floor is one call of our own to that server.
import { setTimeout as pause } from "node:timers/promises";

import { newId } from "#server/lib/ids.ts";
import { closeDb, openDb } from "#server/lib/db.ts";
import { build, isBuilt } from "#server/start/build.ts";
import { startFakeTelegram } from "#tests/support/fake-telegram.ts";
import { makers } from "#tests/support/make.ts";
import { startGround } from "#tests/support/processes.ts";
import { SAMPLE_NOTES } from "#tests/support/knowledge-sample.ts";

import { type BenchRow, median, percentile, row, rounded, ROUNDS } from "./rounds.ts";

const SECRET = "the-secret-of-the-bench";
const PERSON = { id: 5101, is_bot: false, first_name: "Maren", language_code: "en" };
const QUESTIONS = 40;
const BETWEEN_MS = 30;
const PATIENCE_MS = 10_000;

type Times = { reactionMs: number; answerMs: number };

export async function bench(): Promise<BenchRow[]> {
  if (!isBuilt()) await build();
  const telegram = await startFakeTelegram();
  const ground = await startGround({
    ...{ TELEGRAM_WEBHOOK_SECRET: SECRET, TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.apiRoot },
    TELEGRAM_ALLOWED_USER_IDS: String(PERSON.id),
  });
  const db = openDb(ground.databaseUrl);
  try {
    const { id: spaceId } = await makers(db).space();
    await db.prisma.setting.create({
      data: { spaceId, key: "assistant.perPersonPerMinute", value: 600, updatedBy: {}, updatedAt: new Date() },
    });
    await db.prisma.setting.create({
      data: { spaceId, key: "assistant.perSpacePerMinute", value: 6_000, updatedBy: {}, updatedAt: new Date() },
    });
    const [web] = await Promise.all([ground.startWeb(), ground.startWorker()]);
    let id = 1_000;
    const send = async (text: string) => {
      id += 1;
      const message = {
        message_id: id,
        from: PERSON,
        chat: { id: PERSON.id, type: "private" },
        date: Math.floor(Date.now() / 1000),
        text,
      };
      const response = await fetch(`${web.url}/api/telegram/webhook`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": SECRET },
        body: JSON.stringify({ update_id: id, message }),
      });
      if (response.status !== 200) throw new Error(`The webhook answered ${response.status}.`);
    };

    const ask = async (): Promise<Times> => {
      const before = telegram.calls.length;
      const startedMs = performance.now();
      await send("/ask When is the harbour permit renewed?");
      for (;;) {
        const calls = telegram.calls.slice(before).filter(({ body }) => Number(body["chat_id"]) === PERSON.id);
        const answer = calls.find(({ body }) => typeof body["text"] === "string" && /\bs$/.test(body["text"]));
        const [first] = calls;
        if (first && answer) return { reactionMs: first.atMs - startedMs, answerMs: answer.atMs - startedMs };
        if (performance.now() - startedMs > PATIENCE_MS) throw new Error("No answer came.");
        await pause(1);
      }
    };
    const bare = async (): Promise<number> => {
      const startedMs = performance.now();
      await fetch(`${telegram.apiRoot}/bot${telegram.token}/sendMessage`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ chat_id: 1, text: newId() }),
      });
      return performance.now() - startedMs;
    };

    await fill(db, spaceId, send);
    for (let i = 0; i < 5; i += 1) await ask();
    const rounds: Array<{ asked: Times[]; bareMs: number[] }> = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const asked: Times[] = [];
      const bareMs: number[] = [];
      for (let i = 0; i < QUESTIONS; i += 1) {
        asked.push(await ask());
        bareMs.push(await bare());
        await pause(BETWEEN_MS);
      }
      rounds.push({ asked, bareMs });
    }
    return present(rounds);
  } finally {
    await closeDb(db);
    await ground.stop();
    await telegram.stop();
  }
}

/** Notes to answer from; the knowledge base is made by the first one. */
async function fill(
  db: ReturnType<typeof openDb>,
  spaceId: string,
  send: (text: string) => Promise<void>,
): Promise<void> {
  await send("/note The harbour permit is renewed in April by Ivo, for 240 euros.");
  const startedMs = performance.now();
  while ((await db.prisma.note.count({ where: { spaceId } })) === 0) {
    if (performance.now() - startedMs > 60_000) throw new Error("The first note was not written.");
    await pause(50);
  }
  const kb = await db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } });
  const at = new Date();
  await db.prisma.note.createMany({
    data: SAMPLE_NOTES.map((note, index) => ({
      ...{ id: newId(), spaceId, kbId: kb.id, path: `topics/sample/${index}.md`, type: "Note", title: note.title },
      ...{
        tags: [],
        body: note.body,
        frontMatter: {},
        commitHash: "0".repeat(40),
        committedAt: at,
        createdAt: at,
        updatedAt: at,
      },
    })),
  });
}

function present(rounds: Array<{ asked: Times[]; bareMs: number[] }>): BenchRow[] {
  const floor = { "bare_call.ms": rounded(median(rounds.map(({ bareMs }) => median(bareMs)))) };
  const figures = (pick: (times: Times) => number, share: number) =>
    rounds.map(({ asked }) =>
      percentile(
        asked.map((times) => pick(times)),
        share,
      ),
    );
  return [
    row(
      "chat.update_to_reaction_ms.p50",
      figures(({ reactionMs }) => reactionMs, 50),
      floor,
    ),
    row(
      "chat.update_to_reaction_ms.p95",
      figures(({ reactionMs }) => reactionMs, 95),
      floor,
    ),
    row(
      "chat.update_to_answer_ms.p50",
      figures(({ answerMs }) => answerMs, 50),
      floor,
    ),
    row(
      "chat.update_to_answer_ms.p95",
      figures(({ answerMs }) => answerMs, 95),
      floor,
    ),
  ];
}
