import { expect } from "vitest";

import type { JobRun } from "#server/jobs/index.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import { test } from "#tests/support/test.ts";

import { accessHandlers } from "./access-jobs.ts";
import { askToBePaired, lookAtDoor, movePairing, sayAtDoor } from "./access.ts";
import type { ChannelPort } from "./channel.ts";
import { createLink, linkedTo, unlink, useLink } from "./links.ts";

// Guarantees: the door opens to those who were let in, and to nobody by accident; what is said at it is said once, and leaves nothing.

const telegram = { channel: "telegram" } as const;
const place = { externalId: "77", threadId: "", kind: "private" };

test("the door knows who was let in, in this space and on this channel alone", async ({ db, make }) => {
  const { id: spaceId } = await make.space();
  const { id: other } = await make.space();
  const pair = (given: object) =>
    db.prisma.pairing.create({
      data: {
        id: newId(),
        spaceId,
        channel: "telegram",
        subject: "person",
        externalId: "1",
        displayName: "X",
        status: "approved",
        askedAt: new Date(),
        ...given,
      },
    });
  await pair({});
  await pair({ externalId: "2", status: "asked" });
  await pair({ externalId: "3", status: "refused" });
  await pair({ externalId: "4", spaceId: other });
  await pair({ externalId: "5", subject: "chat" });
  await pair({ externalId: "6", channel: "web" });
  const ids = ["1", "2", "3", "4", "5", "6"];
  const look = () => transaction(db, (tx) => lookAtDoor(tx, { spaceId, ...telegram, personIds: ids, chatIds: ids }));
  expect(await look()).toEqual({
    isOpen: false,
    people: new Set(["1"]),
    chats: new Set(["5"]),
    optedOut: new Set(),
  });
  await db.prisma.setting.create({
    data: { spaceId, key: "telegram.access", value: "everyone", updatedBy: {}, updatedAt: new Date() },
  });
  expect((await look()).isOpen).toBe(true);

  // A chat that moves takes its place along; where the new one only asked, it is let in.
  await pair({ externalId: "-9", subject: "chat", status: "asked" });
  const move = () => transaction(db, (tx) => movePairing(tx, { ...telegram, from: "5", to: "-9" }));
  await move();
  await move();
  const chats = await db.prisma.pairing.findMany({ where: { spaceId, subject: "chat" } });
  expect(chats).toMatchObject([{ externalId: "-9", status: "approved" }]);
});

test("only so many may wait to be let in", async ({ ctx, db, make }) => {
  const { id: spaceId } = await make.space();
  const ask = (externalId: string) =>
    transaction(db, (tx) =>
      askToBePaired(tx, ctx, { spaceId, ...telegram, subject: "person", externalId, displayName: "Y" }),
    );
  const answers: string[] = [];
  for (let i = 0; i < 203; i += 1) answers.push(await ask(`w${i}`));
  expect(answers.slice(198)).toEqual(["asked", "asked", "full", "full", "full"]);
  expect(await ask("w5")).toBe("asked");
  expect(await db.prisma.pairing.count({ where: { spaceId } })).toBe(200);
});

test("a line is said once a day, however often it would be said at once", async ({ ctx, db }) => {
  const say = (secret = "s", line: "person" | "stale" = "person") =>
    transaction(db, (tx) => sayAtDoor(tx, ctx, { ...telegram, place, line, secret }));
  await Promise.all(Array.from({ length: 10 }, () => say()));
  await say("s", "stale");
  const { rows } = await db.pool.query<{ payload: { line: string } }>(
    `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where t.identifier = 'channels.turnAway' order by j.id`,
  );
  expect(rows.map(({ payload }) => payload.line)).toEqual(["person", "stale"]);
  const keys = (await db.prisma.rateLimit.findMany()).map(({ key }) => key);
  expect(keys).toHaveLength(2);
  // The hash depends on the secret, so that nobody can look up an id in it.
  await say("another");
  expect((await db.prisma.rateLimit.findMany()).map(({ key }) => key)).toHaveLength(3);
});

test("a line that cannot be said is tried again while that may help, and never stays behind", async ({ ctx }) => {
  let error: Error = new AppError("unavailable", "Telegram does not answer.");
  const port = { send: () => Promise.reject(error) } as unknown as ChannelPort;
  const [turnAway] = accessHandlers({ channels: { telegram: port } });
  const run = (isLastAttempt: boolean): JobRun => ({
    jobId: "1",
    attempt: 1,
    isLastAttempt,
    workerProcessId: "w",
    signal: new AbortController().signal,
  });
  const say = (isLastAttempt: boolean) =>
    turnAway!.task(run(isLastAttempt), ctx, { ...telegram, place, line: "person" });
  await expect(say(false)).rejects.toThrow("does not answer");
  await expect(say(true)).resolves.toBeUndefined();
  error = new AppError("forbidden", "They blocked the bot.");
  await expect(say(false)).resolves.toBeUndefined();
});

test("a link leads to the bot, works once even when opened at the same time, and can be undone", async ({
  ctx,
  as,
  db,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const user = await make.user({ spaceId, role: "reviewer" });
  const bot = { botName: async () => "winnow_test_bot" };
  const own = as(user.actor);
  const link = await createLink(own, { spaceId, subject: "person", forMe: true }, bot);
  expect(link.url).toMatch(/^https:\/\/t\.me\/winnow_test_bot\?start=[\w-]{43}$/);
  expect(link.expiresAt.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  const group = await createLink(own, { spaceId, subject: "chat", forMe: true }, bot);
  expect(group.url).toMatch(/\?startgroup=[\w-]{43}$/);
  // A group is nobody's own.
  expect(await db.prisma.linkToken.count({ where: { spaceId, subject: "chat", userId: null } })).toBe(1);

  const open = (externalId: string) =>
    transaction(db, (tx) =>
      useLink(tx, ctx, {
        spaceId,
        ...telegram,
        subject: "person",
        externalId,
        token: link.url.split("=")[1]!,
        displayName: `Opener ${externalId}`,
        username: null,
      }),
    );
  const opened = await Promise.all(["901", "902", "903", "904"].map(open));
  expect(opened.filter(Boolean)).toHaveLength(1);
  const linked = await linkedTo(own, { spaceId, userId: user.id });
  expect(linked?.displayName).toBe(`Opener ${901 + opened.indexOf(true)}`);
  const pairing = await db.prisma.pairing.findFirstOrThrow({ where: { spaceId, subject: "person" } });
  expect(pairing).toMatchObject({ status: "approved", decidedBy: { userId: user.id } });
  await unlink(own, { spaceId, userId: user.id });
  expect(await linkedTo(own, { spaceId, userId: user.id })).toBeNull();

  await expect(
    createLink(own, { spaceId, subject: "person", forMe: true }, { botName: async () => null }),
  ).rejects.toMatchObject({ code: "unavailable" });
});
