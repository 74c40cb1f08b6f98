// The doors that this module puts together, on real auth and a real database.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "vitest";

import { createAuth } from "#server/auth/index.ts";
import { createKbs } from "#server/kb/index.ts";
import { noteFiles } from "#server/knowledge/index.ts";
import { closeDb, type Db, openDb } from "#server/lib/db.ts";
import { readEnv } from "#server/lib/env.ts";
import { newId } from "#server/lib/ids.ts";
import { createLog } from "#server/lib/log.ts";
import { createLlm } from "#server/llm/index.ts";
import { realtimeSettings, startPublisher } from "#server/realtime/index.ts";
import { spaceChannel } from "#tests/support/realtime.ts";
import { signIn } from "#tests/support/sign-in.ts";
import { startTcpProxy } from "#tests/support/tcp-proxy.ts";
import { noBot } from "#tests/support/app.ts";
import { test as base } from "#tests/support/test.ts";

import { type App, createApp } from "./app.ts";

const test = base.extend<{
  open: (
    db: Db,
    webhook?: App["webhook"],
  ) => Promise<{ app: App; cookieOf: (user: { email: string }) => Promise<string> }>;
}>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the wanted fixtures from this pattern
  open: async ({}, use) => {
    const cleanups: Array<() => unknown> = [];
    await use(async (db, webhook) => {
      const dir = mkdtempSync(join(tmpdir(), "winnow-app-"));
      cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
      const env = readEnv({ DATA_DIR: dir });
      const log = createLog({ level: "silent" });
      const now = () => new Date();
      const auth = createAuth({
        db,
        log,
        secret: "a-secret-that-is-long-enough-for-tests",
        baseUrl: "http://localhost:3000",
      });
      const realtime = realtimeSettings(env, "secret");
      const publisher = await startPublisher({ db, log, settings: realtime, gateway: { publish: () => {} } });
      cleanups.push(publisher.stop);
      const kbs = createKbs({ db, env, log, homeId: "5c2f3c52-6d0c-4b5e-9d4e-2d1f6a0f7a11", files: noteFiles });
      cleanups.push(kbs.close);
      const app = createApp({
        db,
        log,
        now,
        auth,
        kbs,
        realtime,
        publisher,
        llm: createLlm({ env, db, log, now, secret: "of-tests" }),
        homeId: "5c2f3c52-6d0c-4b5e-9d4e-2d1f6a0f7a11",
        webhook: webhook ?? (async () => new Response(null)),
        bot: noBot,
      });
      return { app, cookieOf: (user) => signIn(auth, user.email) };
    });
    for (const cleanup of cleanups.toReversed()) await cleanup();
  },
});

const ask = (app: App, channel: string, cookie?: string, socketId = "12.34") =>
  app.realtimeAuth(
    new Request("http://localhost:3000/api/realtime/auth", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...(cookie ? { cookie } : {}) },
      body: new URLSearchParams({ socket_id: socketId, channel_name: channel }).toString(),
    }),
  );

const health = async (app: App) => {
  const response = await app.health(new Request("http://localhost:3000/api/health"));
  return { code: response.status, ...(await response.json()) };
};

test("a channel may be heard by every role of its space, by nobody else, and never without signing in", async ({
  db,
  make,
  open,
}) => {
  const { app, cookieOf } = await open(db);
  const [space, foreign] = [await make.space(), await make.space()];
  const statusFor = async (role: "viewer" | "reviewer" | "admin", channel: string) => {
    const user = await make.user({ spaceId: space.id, role });
    return (await ask(app, channel, await cookieOf(user))).status;
  };
  for (const role of ["viewer", "reviewer", "admin"] as const) {
    expect(await statusFor(role, spaceChannel(space.id, "runs"))).toBe(200);
    expect(await statusFor(role, spaceChannel(foreign.id, "runs"))).toBe(403);
    expect(await statusFor(role, spaceChannel(newId(), "runs"))).toBe(403);
    expect(await statusFor(role, "messages")).toBe(403);
  }
  expect((await ask(app, spaceChannel(space.id))).status).toBe(401);
  expect((await ask(app, spaceChannel(space.id), "winnow.session_token=forged")).status).toBe(401);

  const user = await make.user({ spaceId: space.id, role: "viewer" });
  const cookie = await cookieOf(user);
  expect(await (await ask(app, spaceChannel(space.id), cookie)).json()).toEqual({
    auth: expect.stringMatching(/^[0-9a-f]{20}:[0-9a-f]{64}$/),
  });
  expect((await ask(app, spaceChannel(space.id), cookie, "12:34")).status).toBe(400);
  const long = await ask(app, "x".repeat(100_000), cookie);
  expect([long.status, await long.json()]).toMatchObject([
    400,
    { message: expect.stringMatching(/^This is more than/) },
  ]);
  // Whoever is taken out of a space does not hear it again.
  await db.prisma.membership.deleteMany({ where: { userId: user.id } });
  expect((await ask(app, spaceChannel(space.id), cookie)).status).toBe(403);
});

test("health names what does not work, and says so by its status", async ({ db, make, open }) => {
  const { app } = await open(db);
  expect(await health(app)).toMatchObject({
    code: 503,
    status: "unhealthy",
    database: "healthy",
    queue: expect.stringContaining("no worker is running"),
    realtime: "healthy",
    kb: "healthy",
    telegram: "healthy",
  });

  await db.pool.query(
    "insert into worker_processes (id, worker_ids, host, pid, started_at, heartbeat_at) values ($1, '{}', 'x', 1, now(), now())",
    [newId()],
  );
  expect(await health(app)).toEqual({
    code: 200,
    status: "healthy",
    database: "healthy",
    queue: "healthy",
    realtime: "healthy",
    kb: "healthy",
    telegram: "healthy",
  });

  const space = await make.space();
  await db.pool.query(
    `insert into inbound_updates (id, bot_id, update_id, chat_key, payload, received_at) values ($1, 1, 1, '1', '{}', now() - interval '1 hour')`,
    [newId()],
  );
  await db.pool.query("select graphile_worker.add_job('telegram.handle', run_at := now() - interval '1 hour')");
  await db.pool.query(
    "insert into knowledge_bases (id, space_id, home_id, push_failure) values ($1, $2, '5c2f3c52-6d0c-4b5e-9d4e-2d1f6a0f7a11', 'fatal: could not read from /srv/secret')",
    [newId(), space.id],
  );
  const sick = await health(app);
  expect(sick).toMatchObject({
    code: 503,
    queue: "unhealthy: 1 job has waited for more than 120 seconds",
    kb: expect.stringContaining("could not be pushed"),
    telegram: "unhealthy: 1 update has been stored but not read for 120 seconds",
  });
  expect(JSON.stringify(sick)).not.toContain("secret");
});

test("health answers while the database is away, and gives nothing away", async ({ databaseUrl, open }) => {
  const { hostname: host, port } = new URL(databaseUrl);
  const wire = await startTcpProxy({ host, port: Number(port) });
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${wire.port}`;
  const shaky = openDb(url.href);
  const { app } = await open(shaky);
  wire.cut();
  const sick = await health(app);
  expect(sick).toMatchObject({ code: 503, database: "unhealthy: it does not work; the log says why" });
  expect(JSON.stringify(sick)).not.toMatch(/127|ECONN|password/);
  wire.mend();
  expect(await health(app)).toMatchObject({ database: "healthy" });
  await closeDb(shaky);
  await wire.close();
});

test("a door that breaks answers 500 with the number of the request", async ({ db, open }) => {
  const { app } = await open(db, () => Promise.reject(new Error("a bug with a password in it")));
  const response = await app.webhook(
    new Request("http://localhost/x", { method: "POST", headers: { "x-request-id": "r-1" } }),
  );
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ code: "broken", message: "Something went wrong. Its id is r-1." });
});
