import fc from "fast-check";
import { expect, onTestFinished } from "vitest";

import { accessHandlers } from "#server/channels/index.ts";
import { handle, startQueue } from "#server/jobs/index.ts";
import { newId } from "#server/lib/ids.ts";
import { createReceiver, telegramHandle } from "#server/messages/index.ts";
import { messageUpdate, SAMPLES } from "#tests/support/telegram-updates/updates.ts";
import { test } from "#tests/support/test.ts";

import { noEars } from "./ears.ts";
import { handleLane } from "./handle.ts";
import { createWebhook } from "./webhook.ts";

// Guarantees: whatever comes in is answered, stored and handled, and the worker lives.

const SECRET = "the-secret-that-telegram-sends";
const RUNS = 1_000;

/** Anything that JSON can hold in the place of anything else, odd texts and numbers first. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(null, "", "\0", "\ud800", "x".repeat(5_000), -0, 1e308, 2 ** 53, -1, true, [], {}, [[[]]]),
  fc.jsonValue({ maxDepth: 3 }),
);

let messageId = 1_000_000;

/** A valid update with some of what is in it replaced, taken out, or named differently. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SAMPLES.map(({ update }) => update)),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom("replace", "remove", "rename"), anything), { maxLength: 4 }),
  )
  .map(([sample, changes]) => {
    const update = structuredClone(sample) as Record<string, unknown>;
    // A chat counts its messages: none comes twice under another update id.
    messageId += 1;
    for (const [owner, key] of placesIn(update)) if (key === "message_id") owner[key] = messageId;
    for (const [at, change, value] of changes) {
      const places = placesIn(update);
      const [owner, key] = places[at % places.length] ?? [];
      if (!owner || key === undefined || key === "update_id") continue;
      if (change !== "rename") delete owner[key];
      if (change === "replace") owner[key] = value;
      if (change === "rename") owner[`${key}_of_the_future`] = owner[key];
    }
    return update;
  });

function placesIn(node: unknown): Array<[owner: Record<string, unknown>, key: string]> {
  if (typeof node !== "object" || node === null) return [];
  const owner = node as Record<string, unknown>;
  return Object.keys(owner).flatMap((key) => [[owner, key] as const, ...placesIn(owner[key])]) as Array<
    [Record<string, unknown>, string]
  >;
}

test("a thousand updates, mutated and cut short, are all answered; none is lost, none stops the worker", async ({
  ctx,
  db,
  make,
}) => {
  await make.space();
  await db.prisma.pairing.create({
    data: {
      id: newId(),
      spaceId: (await db.prisma.space.findFirstOrThrow()).id,
      channel: "telegram",
      subject: "person",
      externalId: "5101",
      displayName: "Maren Holt",
      status: "approved",
      askedAt: new Date(),
    },
  });
  const bot = { id: "42", name: async () => "winnow_test_bot", secret: "s" };
  const drain = { allowedUserIds: null, bot, ears: noEars };
  const failures: unknown[] = [];
  const queue = await startQueue({
    ctx,
    handlers: [
      handle(telegramHandle, (own, payload, { signal }) => handleLane(drain, own, { ...payload, signal })),
      ...accessHandlers({ channels: {} }),
    ],
    homeId: newId(),
    concurrency: 4,
    onFailedForGood: async (_ctx, name, _payload, error) => void failures.push([name, error]),
  });
  onTestFinished(queue.stop);
  const webhook = createWebhook({ receiver: createReceiver({ ...ctx, botId: "42" }), secret: SECRET });
  const send = async (body: string) => {
    const headers = { "x-telegram-bot-api-secret-token": SECRET };
    return (await webhook(new Request("http://localhost/api/telegram/webhook", { method: "POST", headers, body })))
      .status;
  };

  let updateId = 3_000_000;
  const taken: number[] = [];
  await fc.assert(
    fc.asyncProperty(
      mutated,
      fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat({ max: 400 }) }),
      async (update, cutAt) => {
        updateId += 1;
        const body = JSON.stringify({ ...update, update_id: updateId });
        const sent = cutAt === null ? body : body.slice(0, cutAt);
        const expected = cutAt === null || cutAt >= body.length ? 200 : 400;
        expect([sent, await send(sent)]).toEqual([sent, expected]);
        if (expected === 200) taken.push(updateId);
      },
    ),
    { numRuns: RUNS },
  );
  await expect.poll(() => db.prisma.inboundUpdate.count({ where: { handledAt: null } }), { timeout: 20_000 }).toBe(0);
  expect(await db.prisma.inboundUpdate.count({ where: { updateId: { in: taken } } })).toBe(taken.length);
  expect(taken.length).toBeGreaterThan(RUNS / 2);
  expect(failures).toEqual([]);
  const failed = await db.prisma.inboundUpdate.findMany({ where: { outcome: { startsWith: "failed" } } });
  expect(failed.map((row) => row.payload)).toEqual([]);

  // It goes on as if nothing had been.
  const last = messageUpdate({ text: "Still there", chat: { id: 5101, type: "private", first_name: "Maren" } });
  expect(await send(JSON.stringify({ ...last, update_id: updateId + 1 }))).toBe(200);
  await expect
    .poll(() => db.prisma.message.count({ where: { text: "Still there" } }), { timeout: 8_000 })
    .toBeGreaterThan(0);
});
