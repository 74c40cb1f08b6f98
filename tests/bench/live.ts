// How soon a browser knows: from the webhook, and from an approval, to the notice on its socket, through real processes that are idle
// otherwise; and how soon the last of many browsers does, beside a bare ws server.
import { fork } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import PusherJs from "pusher-js";
import { WebSocket } from "ws";

import { createAuth } from "#server/auth/index.ts";
import { channelName, type EventNotice, type EventTopic, type EventType } from "#server/events/schema.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { closeDb, openDb } from "#server/lib/db.ts";
import { readEnv } from "#server/lib/env.ts";
import { createLog } from "#server/lib/log.ts";
import { approve } from "#server/proposals/index.ts";
import { realtimeSettings } from "#server/realtime/index.ts";
import { NOTICE_EVENT } from "#server/realtime/schema.ts";
import { build, isBuilt } from "#server/start/build.ts";
import { ROOT } from "#tests/support/command.ts";
import { makers } from "#tests/support/make.ts";
import { AUTH_SECRET, startGround, startProgram } from "#tests/support/processes.ts";
import { signIn } from "#tests/support/sign-in.ts";
import { messageUpdate } from "#tests/support/telegram-updates/updates.ts";

import type { FanoutOrder, FanoutResult } from "./fanout.ts";
import { type BenchRow, median, percentile, row, rounded, ROUNDS } from "./rounds.ts";

const SECRET = "the-secret-of-the-bench";
const AUTH_DOOR = "/api/realtime/auth";
const UPDATES = 150;
const APPROVALS = 40;
/** So that each finds everything idle. */
const BETWEEN_MS = 15;
const FANOUT = { sockets: 2_000, publishes: 15 };

export async function bench(): Promise<BenchRow[]> {
  if (!isBuilt()) await build();
  const ground = await startGround({ TELEGRAM_WEBHOOK_SECRET: SECRET });
  const db = openDb(ground.databaseUrl);
  const cleanups: Array<() => Promise<void> | void> = [ground.stop, () => closeDb(db)];
  try {
    const make = makers(db);
    const { id: spaceId } = await make.space();
    const { email, actor } = await make.user({ spaceId, role: "admin" });
    const [web] = await Promise.all([ground.startWeb(), ground.startWorker()]);
    const floor = await startProgram("tests/bench/live-floor-server.ts", { DATABASE_URL: ground.databaseUrl });
    cleanups.push(floor.kill9);

    const log = createLog({ level: "silent" });
    const auth = createAuth({ db, log, secret: AUTH_SECRET, baseUrl: web.url });
    const settings = realtimeSettings(readEnv({}), AUTH_SECRET);
    const browser = await openBrowser({ url: web.url, key: settings.key, cookie: await signIn(auth, email), spaceId });
    cleanups.push(browser.close);
    const bareBrowser = await openBareBrowser(floor.url);
    cleanups.push(bareBrowser.close);

    const webhook = () => postUpdate(`${web.url}/api/telegram/webhook`);
    const viaWinnow = () => browser.untilHeard("message.received", webhook);
    const viaFloor = () => bareBrowser.untilHeard(() => postUpdate(`${floor.url}/update`));
    const ctx: Ctx = { actor, db, log, now: () => new Date() };
    const approval = async () => {
      const { id: proposalId, version } = await make.proposal({ spaceId, runId: run.id });
      return browser.untilHeard("note.committed", () => approve(ctx, { spaceId, proposalId, version }));
    };
    const run = await make.run({ spaceId });

    const fanout = (isBare: boolean) =>
      measureFanout({
        ...FANOUT,
        ...{ isBare, port: Number(new URL(isBare ? floor.url : web.url).port) },
        ...{ appId: settings.appId, key: settings.key, secret: settings.secret },
        channel: channelName(spaceId, "messages"),
      });

    await times(20, viaWinnow);
    await times(20, viaFloor);
    await times(5, approval);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        floorMs: await times(UPDATES, viaFloor),
        winnowMs: await times(UPDATES, viaWinnow),
        approvalMs: await times(APPROVALS, approval),
        bareFanoutMs: median(await fanout(true)),
        fanoutMs: median(await fanout(false)),
      });
    }
    return present(rounds);
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  }
}

type Round = { floorMs: number[]; winnowMs: number[]; approvalMs: number[]; bareFanoutMs: number; fanoutMs: number };

function present(rounds: Round[]): BenchRow[] {
  const webhookRow = (share: 50 | 99) =>
    row(
      `live.webhook_to_browser_ms.p${share}`,
      rounds.map(({ winnowMs }) => percentile(winnowMs, share)),
      { "insert_notify_socket.ms": rounded(median(rounds.map(({ floorMs }) => percentile(floorMs, share)))) },
    );
  return [
    webhookRow(50),
    webhookRow(99),
    row(
      "live.approve_to_committed_ms.p50",
      rounds.map(({ approvalMs }) => median(approvalMs)),
      { "p99.ms": rounded(median(rounds.map(({ approvalMs }) => percentile(approvalMs, 99)))) },
    ),
    row(
      "live.fanout2000_vs_bare",
      rounds.map(({ fanoutMs, bareFanoutMs }) => fanoutMs / bareFanoutMs),
      {
        "gateway.last_socket_ms": rounded(median(rounds.map(({ fanoutMs }) => fanoutMs))),
        "bare.last_socket_ms": rounded(median(rounds.map(({ bareFanoutMs }) => bareFanoutMs))),
      },
    ),
  ];
}

async function times(count: number, work: () => Promise<number>): Promise<number[]> {
  const durationsMs: number[] = [];
  for (let i = 0; i < count; i += 1) {
    await pause(BETWEEN_MS);
    durationsMs.push(await work());
  }
  return durationsMs;
}

/** The browser's own library, signed in, on the channels of a space. */
async function openBrowser(given: { url: string; key: string; cookie: string; spaceId: string }) {
  const { hostname, port } = new URL(given.url);
  const pusher = new PusherJs(given.key, {
    cluster: "local",
    wsHost: hostname,
    wsPort: Number(port),
    forceTLS: false,
    enabledTransports: ["ws"],
    channelAuthorization: {
      endpoint: AUTH_DOOR,
      transport: "ajax",
      customHandler: ({ socketId, channelName: channel }, callback) => {
        fetch(given.url + AUTH_DOOR, {
          method: "POST",
          headers: { cookie: given.cookie, origin: given.url },
          body: new URLSearchParams({ socket_id: socketId, channel_name: channel }),
        })
          .then(async (answer) => {
            if (!answer.ok) throw new Error(`The auth door says ${answer.status}: ${await answer.text()}`);
            callback(null, (await answer.json()) as { auth: string });
          })
          .catch((error: Error) => callback(error, null));
      },
    },
  });
  let hear = (_notice: EventNotice) => {};
  for (const topic of ["messages", "knowledge"] satisfies EventTopic[]) {
    const channel = pusher.subscribe(channelName(given.spaceId, topic));
    await new Promise<void>((resolve, reject) => {
      channel.bind("pusher:subscription_succeeded", () => resolve());
      channel.bind("pusher:subscription_error", (problem: unknown) => reject(new Error(JSON.stringify(problem))));
    });
    channel.bind(NOTICE_EVENT, (notice: EventNotice) => hear(notice));
  }
  return {
    /** @returns ms from the start of the work to the notice of this type */
    untilHeard: async (type: EventType, work: () => Promise<unknown>) => {
      const heardMs = new Promise<number>((resolve) => {
        hear = (notice) => notice.type === type && resolve(performance.now());
      });
      const startedMs = performance.now();
      await work();
      return (await heardMs) - startedMs;
    },
    close: () => pusher.disconnect(),
  };
}

async function openBareBrowser(url: string) {
  const socket = new WebSocket(url.replace("http", "ws"), { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return {
    untilHeard: async (work: () => Promise<unknown>) => {
      const heardMs = new Promise<number>((resolve) => socket.once("message", () => resolve(performance.now())));
      const startedMs = performance.now();
      await work();
      return (await heardMs) - startedMs;
    },
    close: () => socket.terminate(),
  };
}

async function postUpdate(url: string): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": SECRET },
    body: JSON.stringify(messageUpdate({ text: "The 7:40 is full again." })),
  });
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}.`);
  await answer.arrayBuffer();
}

function measureFanout(order: FanoutOrder): Promise<number[]> {
  const child = fork(join(ROOT, "tests/bench/fanout.ts"), [JSON.stringify(order)], { cwd: ROOT });
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve((message as FanoutResult).lastMs));
    child.once("exit", (code) => reject(new Error(`The sockets' process ended with code ${code}.`)));
  });
}
