// From a committed event to a browser, with the built-in gateway.
import type PusherJs from "pusher-js";
import { afterEach, expect } from "vitest";

import { emit } from "#server/events/index.ts";
import type { EventNotice, EventType } from "#server/events/schema.ts";
import { closeDb, type Db, openDb, transaction } from "#server/lib/db.ts";
import { CREDENTIALS, listen, openBrowser, spaceChannel, startPusherServer } from "#tests/support/realtime.ts";
import { startTcpProxy } from "#tests/support/tcp-proxy.ts";
import { test } from "#tests/support/test.ts";

import { startPublisher } from "./index.ts";

const EMBEDDED = { mode: "embedded", ...CREDENTIALS } as const;
const cleanups: Array<() => unknown> = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const fact = (spaceId: string, type: EventType, at = new Date()) => ({
  spaceId,
  type,
  subjectId: "x",
  actor: { type: "system", name: "test" } as const,
  at,
});
const commit = (db: Db, spaceId: string, ...types: EventType[]) =>
  transaction(db, async (tx) => types.forEach((type) => emit(tx, fact(spaceId, type))));

async function hear(browser: PusherJs, spaceId: string) {
  const notices: EventNotice[] = [];
  for (const topic of ["messages", "runs", "proposals"] as const) {
    const { channel } = await listen(browser, spaceChannel(spaceId, topic));
    channel.bind("notice", (notice: EventNotice) => notices.push(notice));
  }
  return notices;
}

async function startServer() {
  const server = await startPusherServer();
  cleanups.push(server.stop);
  const browser = openBrowser(server.port);
  cleanups.push(() => browser.disconnect());
  return { gateway: server.gateway, browser };
}

test("every web process tells its own browsers everything, once and in the order of the log", async ({
  db,
  ctx,
  make,
}) => {
  const [space, foreign] = [await make.space(), await make.space()];
  await commit(db, space.id, "message.received");
  const [a, b] = [await startServer(), await startServer()];
  for (const { gateway } of [a, b]) {
    const publisher = await startPublisher({ db, log: ctx.log, settings: EMBEDDED, gateway });
    cleanups.push(publisher.stop);
  }
  const heard = [await hear(a.browser, space.id), await hear(b.browser, space.id)];
  await Promise.all(
    Array.from({ length: 30 }, async (_, i) => {
      await commit(db, space.id, "message.received", "run.progress", "proposal.created");
      await commit(db, foreign.id, "message.received");
      if (i % 5 === 0) {
        const doomed = transaction(db, async (tx) => {
          emit(tx, fact(space.id, "run.failed"));
          throw new Error("rolled back");
        });
        await expect(doomed).rejects.toThrow("rolled back");
      }
    }),
  );
  for (const notices of heard) {
    // From 2: what happened before anyone listened is not told again.
    await expect.poll(() => notices.map(({ seq }) => seq)).toEqual(Array.from({ length: 90 }, (_, i) => i + 2));
    expect(notices.some(({ type }) => type === "run.failed")).toBe(false);
    expect(notices[0]).toEqual({ seq: 2, type: "message.received", subjectId: "x", at: expect.any(String) });
  }
});

test("nothing is lost or told twice while the database is away for a moment", async ({
  db,
  databaseUrl,
  ctx,
  make,
}) => {
  const { hostname: host, port } = new URL(databaseUrl);
  const wire = await startTcpProxy({ host, port: Number(port) });
  cleanups.push(wire.close);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${wire.port}`;
  const shaky = openDb(url.href);
  cleanups.push(() => closeDb(shaky));

  const space = await make.space();
  const { gateway, browser } = await startServer();
  const publisher = await startPublisher({ db: shaky, log: ctx.log, settings: EMBEDDED, gateway });
  cleanups.push(publisher.stop);
  const heard = await hear(browser, space.id);
  await commit(db, space.id, "message.received");
  await expect.poll(() => heard.length).toBe(1);

  wire.cut();
  await commit(db, space.id, "message.received");
  await commit(db, space.id, "message.received");
  await expect(publisher.check()).rejects.toThrow();
  wire.mend();
  await commit(db, space.id, "message.received");
  await expect.poll(() => heard.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  await expect.poll(() => publisher.check().then(() => "healthy")).toBe("healthy");
});

test("its check says when browsers are not told for long", async ({ db, ctx, make }) => {
  const space = await make.space();
  const publisher = await startPublisher({ db, log: ctx.log, settings: EMBEDDED, gateway: { publish: () => {} } });
  await publisher.check();
  await publisher.stop();
  await commit(db, space.id, "message.received");
  // Not told yet, but not for long either.
  await publisher.check();
  await transaction(db, async (tx) =>
    emit(tx, fact((await make.space()).id, "message.received", new Date(Date.now() - 60_000))),
  );
  await expect(publisher.check()).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("one space"),
  });
});
