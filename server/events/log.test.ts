import { expect } from "vitest";

import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { test } from "#tests/support/test.ts";

import { emit, eventsSince, type LoggedEvent, tailEvents } from "./index.ts";

const fact = (spaceId: string, subjectId: string) =>
  ({ spaceId, subjectId, type: "message.received", actor: { type: "system", name: "test" }, at: new Date() }) as const;

test("sequence numbers have no gap, whatever is rolled back and however many write at once", async ({ db, make }) => {
  const { id: spaceId } = await make.space();
  await Promise.allSettled(
    Array.from({ length: 40 }, (_, i) =>
      transaction(db, async (tx) => {
        emit(tx, fact(spaceId, `a${i}`));
        emit(tx, fact(spaceId, `b${i}`));
        if (i % 4 === 0) throw new Error("rolled back");
      }),
    ),
  );
  const events = await eventsSince(db, { spaceId, after: 0 });
  expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  // The two facts of one transaction stand next to each other.
  const subjects = events.map((event) => event.subjectId);
  for (let i = 0; i < subjects.length; i += 2) expect(subjects[i + 1]).toBe(subjects[i]?.replace("a", "b"));
});

test("a tail hears each event once, in order, and never before its row can be read", async ({ db, ctx, make }) => {
  const { id: spaceId } = await make.space();
  const heard: LoggedEvent[] = [];
  const unseen: string[] = [];
  const tail = await tailEvents({ db, log: ctx.log }, async (events) => {
    for (const event of events.filter((each) => each.spaceId === spaceId)) {
      heard.push(event);
      const row = await db.prisma.contributor.findUnique({ where: { id: event.subjectId } });
      if (!row) unseen.push(event.subjectId);
    }
  });
  await Promise.all(
    Array.from({ length: 20 }, () =>
      transaction(db, async (tx) => {
        const id = newId();
        emit(tx, fact(spaceId, id));
        await tx.query(
          "insert into contributors (id, space_id, channel, external_id, display_name) values ($1, $2, 'telegram', $3, 'x')",
          [id, spaceId, id],
        );
      }),
    ),
  );
  await expect.poll(() => heard.length).toBe(20);
  await tail.stop();
  expect(heard.map((event) => event.seq)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(unseen).toEqual([]);
});
