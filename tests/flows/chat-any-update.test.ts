import { expect, onTestFinished } from "vitest";
import fc from "fast-check";

import { onlySpace, openTelegramRoom } from "#tests/support/telegram-room.ts";
import { SAMPLES } from "#tests/support/telegram-updates/updates.ts";
import { test } from "#tests/support/test.ts";

// Every kind of update, and a thousand that were mutated or cut, with the whole of Winnow listening to everyone: each is taken, each is
// handled, no job gives up, and a question is answered after them all.

const MUTATED = 1_000;

test("whatever comes in, nothing is lost and the worker goes on", async ({ ctx, db, make }) => {
  const spaceId = await onlySpace(ctx, make);
  const room = await openTelegramRoom(ctx, spaceId, {
    settings: {
      "telegram.access": "everyone",
      "assistant.perPersonPerMinute": 600,
      "assistant.perSpacePerMinute": 6_000,
    },
  });
  onTestFinished(() => room.stop());
  let updateId = 5_000_000;
  const send = async (update: object) => {
    updateId += 1;
    expect((await room.services.send({ ...update, update_id: updateId })).status).toBe(200);
  };
  for (const { update } of SAMPLES) await send(update);
  // The same in a private chat, where each of them asks for something.
  const inPrivate = SAMPLES.map(({ update }) =>
    JSON.stringify(update).replaceAll("-1002200110022", "5101").replaceAll('"supergroup"', '"private"'),
  );
  for (const text of inPrivate) await send(JSON.parse(text) as object);
  const mutations = fc.sample(
    fc.tuple(
      fc.constantFrom(...inPrivate),
      fc.nat(),
      fc.constantFrom("null", "-1", '""', "[]", "{}", "1e99", '"\\\\u0000"', '"/note"'),
    ),
    { numRuns: MUTATED, seed: 20_261_124 },
  );
  let count = 0;
  for (const [text, place, value] of mutations) {
    const mutated = mutate(JSON.parse(text) as object, place, JSON.parse(value) as unknown);
    await send(mutated);
    count += 1;
  }
  expect(count).toBe(MUTATED);
  await expect.poll(() => db.prisma.inboundUpdate.count({ where: { handledAt: null } }), { timeout: 60_000 }).toBe(0);
  expect(await db.prisma.inboundUpdate.count()).toBe(2 * SAMPLES.length + MUTATED);
  expect(await db.prisma.inboundUpdate.count({ where: { outcome: { startsWith: "failed" } } })).toBe(0);
  const ivo = room.person(5199, "Ivo");
  await ivo.say("/ask Is anybody there?");
  await ivo.hears("I don't know");
  const gaveUp = room.services.failures.filter((failure) => !failure.includes("unavailable"));
  expect(gaveUp).toEqual([]);
}, 180_000);

/** Puts a value in the place of one of the parts of an update, whichever the number hits. */
function mutate(update: object, place: number, value: unknown): object {
  const places: Array<{ parent: Record<string, unknown>; key: string }> = [];
  const walk = (node: unknown) => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, inside] of Object.entries(node)) {
      places.push({ parent: node as Record<string, unknown>, key });
      walk(inside);
    }
  };
  walk(update);
  const hit = places[place % places.length];
  if (hit) hit.parent[hit.key] = value;
  return update;
}
