import { expect, onTestFinished } from "vitest";

import type { ChannelPort } from "#server/channels/channel.ts";
import { eventPositions } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { reject } from "#server/proposals/index.ts";
import { reviewRoom } from "#tests/support/review.ts";
import { test } from "#tests/support/test.ts";

import { startAnnouncer } from "./announcer.ts";
import type { ReviewDeps } from "./cards.ts";

// Guarantee: whatever happens to the processes that announce, each proposal is announced, and once.

/** How far a space was announced. */
async function positionOf(db: Db, spaceId: string): Promise<number | null> {
  const row = await db.prisma.logReader.findUnique({ where: { spaceId_name: { spaceId, name: "chat" } } });
  return row && Number(row.seq);
}
/** An announcer that ends with its test, whatever becomes of that. */
function start(deps: ReviewDeps, ctx: Ctx) {
  const announcer = startAnnouncer(deps, ctx);
  onTestFinished(() => announcer.stop());
  return announcer;
}

const isUpToDate = async (db: Db, spaceId: string) =>
  (await positionOf(db, spaceId)) === (await eventPositions(db)).get(spaceId);

test("a space is announced from when it was first followed, and after a pause from where that ended", async ({
  ctx,
  db,
  make,
}) => {
  const room = await reviewRoom(ctx, make);
  const { spaceId } = room;
  const vera = await room.join({ name: "Vera" });
  const before = await make.proposal({ runId: room.run.id, title: "Before" });
  const first = start(room.deps, ctx);
  await expect.poll(() => isUpToDate(db, spaceId)).toBe(true);
  expect(room.messages(vera.externalId)).toEqual([]);
  await make.proposal({ runId: room.run.id, title: "During" });
  // What waited before is dealt with it, oldest first.
  await expect.poll(() => room.messages(vera.externalId).length).toBe(2);
  await expect.poll(() => isUpToDate(db, spaceId)).toBe(true);
  await first.stop();

  await make.proposal({ runId: room.run.id, title: "In the pause" });
  await reject(ctx, { spaceId, proposalId: before.id, version: 1 });
  const second = start(room.deps, ctx);
  await expect.poll(() => isUpToDate(db, spaceId)).toBe(true);
  await second.stop();
  const texts = room.messages(vera.externalId).map(({ text }) => text.split("\n")[0]);
  expect(texts).toEqual(["**Rejected: Before**", "**Task: During**", "**Task: In the pause**"]);
});

for (const isTaken of [false, true]) {
  const what = isTaken ? "was taken" : "was not taken";
  test(`one that stops at a message that ${what} is followed by another that says the rest, and nothing twice`, async ({
    ctx,
    db,
    make,
  }) => {
    const room = await reviewRoom(ctx, make);
    const { spaceId } = room;
    const people = [await room.join({ name: "Vera" }), await room.join({ name: "Ivo" })];
    const first = start(room.deps, ctx);
    await expect.poll(() => isUpToDate(db, spaceId)).toBe(true);
    await first.stop();
    for (const title of ["One", "Two", "Three"]) await make.proposal({ runId: room.run.id, title });

    // It is stopped between two messages, before it could keep how far it was.
    const { port } = room.channel;
    const reached = Promise.withResolvers<void>();
    let sent = 0;
    const dying: ChannelPort = {
      ...port,
      send: async (place, shown, options) => {
        sent += 1;
        if (sent < 3) return port.send(place, shown, options);
        reached.resolve();
        await new Promise((resolve) => options.signal.addEventListener("abort", resolve, { once: true }));
        if (!isTaken) throw new AppError("cancelled", "It was not waited for.");
        return port.send(place, shown, options);
      },
    };
    const second = start({ ...room.deps, channels: { telegram: dying } }, ctx);
    await reached.promise;
    await second.stop();
    expect(await isUpToDate(db, spaceId)).toBe(false);

    const third = start(room.deps, ctx);
    await expect.poll(() => isUpToDate(db, spaceId)).toBe(true);
    await third.stop();
    for (const { externalId } of people) {
      const texts = room.messages(externalId).map(({ text }) => text.split("\n")[0]);
      expect(texts).toEqual(["**Task: One**", "**Task: Two**", "**Task: Three**"]);
    }
  });
}

test("of several processes one announces at a time", async ({ ctx, db, make }) => {
  const room = await reviewRoom(ctx, make);
  const { spaceId } = room;
  const vera = await room.join({ name: "Vera" });
  const announcers = [1, 2, 3].map(() => start(room.deps, ctx));
  await expect.poll(() => isUpToDate(db, spaceId)).toBe(true);
  const titles = ["One", "Two", "Three", "Four"];
  for (const title of titles) await make.proposal({ runId: room.run.id, title });
  await expect.poll(() => isUpToDate(db, spaceId)).toBe(true);
  await Promise.all(announcers.map((announcer) => announcer.stop()));
  const cards = room.messages(vera.externalId);
  expect(cards.map(({ text }) => text.split("\n")[0])).toEqual(titles.map((title) => `**Task: ${title}**`));
});

test("what a channel does not take now is said later, and a fault of our own keeps nothing else from being said", async ({
  ctx,
  db,
  make,
}) => {
  const room = await reviewRoom(ctx, make);
  const { spaceId } = room;
  const [vera, ivo] = [await room.join({ name: "Vera" }), await room.join({ name: "Ivo" })];
  const { port } = room.channel;
  let refused = 0;
  const faulty: ChannelPort = {
    ...port,
    send: async (place, shown, options) => {
      if (place.externalId === vera.externalId && refused++ === 0) throw new AppError("unavailable", "Not now.");
      if (place.externalId === ivo.externalId) throw new Error("A bug.");
      return port.send(place, shown, options);
    },
  };
  const announcer = start({ ...room.deps, channels: { telegram: faulty } }, ctx);
  await expect.poll(() => isUpToDate(db, spaceId)).toBe(true);
  await make.proposal({ runId: room.run.id });
  await expect.poll(() => room.messages(vera.externalId).length, { timeout: 10_000 }).toBe(1);
  // The fault is given up after a few tries, with growing pauses.
  await expect.poll(() => isUpToDate(db, spaceId), { timeout: 30_000 }).toBe(true);
  await announcer.stop();
  expect(room.messages(vera.externalId)).toHaveLength(1);
}, 60_000);
