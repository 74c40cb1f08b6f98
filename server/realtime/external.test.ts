// Another Pusher server, played by the gateway, because it speaks the same protocol.
// What happens when the announcing process is killed: tests/crash/publisher.test.ts.
import { afterEach, expect } from "vitest";

import { emit } from "#server/events/index.ts";
import { type Db, transaction } from "#server/lib/db.ts";
import { externalSettings, hearNumbers, type PusherServer, startPusherServer } from "#tests/support/realtime.ts";
import { startTcpProxy } from "#tests/support/tcp-proxy.ts";
import { test } from "#tests/support/test.ts";

import { startPublisher } from "./index.ts";

const cleanups: Array<() => unknown> = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const commit = (db: Db, spaceId: string, at = new Date()) =>
  transaction(db, async (tx) => {
    emit(tx, { spaceId, type: "message.received", subjectId: "x", actor: { type: "system", name: "test" }, at });
  });

async function startServer(port = 0): Promise<PusherServer> {
  const server = await startPusherServer({ port });
  cleanups.push(server.stop);
  return server;
}

async function hear(port: number, spaceId: string): Promise<number[]> {
  const { heard, close } = await hearNumbers(port, spaceId);
  cleanups.push(close);
  return heard;
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

test("it waits for a Pusher server that is away and for a lost database connection, and then goes on", async ({
  db,
  ctx,
  make,
}) => {
  const { port } = await startServer();
  const wire = await startTcpProxy({ host: "127.0.0.1", port });
  cleanups.push(wire.close);
  const { id: spaceId } = await make.space();
  const heard = await hear(port, spaceId);
  const publisher = await startPublisher({ db, log: ctx.log, settings: externalSettings(wire.port) });
  cleanups.push(publisher.stop);
  await commit(db, spaceId);
  await expect.poll(() => heard).toEqual([1]);

  wire.cut();
  await commit(db, spaceId);
  await commit(db, spaceId);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(heard).toEqual([1]);
  wire.mend();
  await expect.poll(() => heard).toEqual([1, 2, 3]);

  await db.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()",
  );
  // The pool may still hand out a connection that was just cut.
  const isCommitted = () =>
    commit(db, spaceId).then(
      () => true,
      () => false,
    );
  await expect.poll(isCommitted).toBe(true);
  await expect.poll(() => heard).toEqual([1, 2, 3, 4]);
});

test("after a long absence only the end of the log is announced: browsers see the gap and fetch the rest", async ({
  db,
  ctx,
  make,
}) => {
  const { port } = await startServer();
  const { id: spaceId } = await make.space();
  const heard = await hear(port, spaceId);
  await transaction(db, async (tx) => {
    for (let i = 0; i < 750; i += 1) {
      emit(tx, {
        spaceId,
        type: "message.received",
        subjectId: "x",
        actor: { type: "system", name: "test" },
        at: new Date(0),
      });
    }
  });
  const publisher = await startPublisher({ db, log: ctx.log, settings: externalSettings(port) });
  cleanups.push(publisher.stop);
  await expect(publisher.check()).rejects.toMatchObject({ code: "unavailable" });
  await expect.poll(() => heard.at(-1)).toBe(750);
  expect(heard).toEqual(upTo(750).slice(250));
  await expect.poll(() => publisher.check().then(() => "healthy", String)).toBe("healthy");
});
