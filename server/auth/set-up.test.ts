import { expect } from "vitest";

import type { Db } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";
import { cookieFrom } from "#tests/support/sign-in.ts";
import { test as base } from "#tests/support/test.ts";

import { createAuth, ensureFirstAdminToken, isSetUp, setUpFirstAdmin } from "./index.ts";
import { slugOf } from "./slug.ts";

const BASE = "http://localhost:3000";
const person = {
  name: "Vera Lind",
  email: "Vera@Example.org",
  password: "correct horse battery",
  spaceName: "Harbour & Café",
  timeZone: "Europe/Helsinki",
};

// Nobody may be there before each.
const test = base.extend<{ empty: Db }>({
  empty: async ({ db }, use) => {
    await db.pool.query("truncate users, verifications, spaces cascade");
    await use(db);
  },
});

const authOn = (db: Db) =>
  createAuth({
    db,
    log: createLog({ level: "silent" }),
    secret: "a-secret-that-is-long-enough-for-tests",
    baseUrl: BASE,
  });

const postSetUp = (db: Db, body: object) =>
  authOn(db).handler(
    new Request(`${BASE}/api/setup`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: BASE },
      body: JSON.stringify(body),
    }),
  );

test("of five who send the token at once one becomes admin, of one space, and is signed in", async ({ empty: db }) => {
  const token = await ensureFirstAdminToken(db);
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, i) => postSetUp(db, { ...person, email: `vera${i}@example.org`, token })),
  );
  const [won, ...late] = answers.toSorted((a, b) => a.status - b.status);
  expect([won!.status, ...late.map((answer) => answer.status)]).toEqual([200, 409, 409, 409, 409]);
  expect(await won!.json()).toEqual({ spaceSlug: "harbour-cafe" });
  const users = await db.prisma.user.findMany({
    include: { memberships: { include: { space: true } }, accounts: true },
  });
  expect(users).toMatchObject([
    {
      name: "Vera Lind",
      memberships: [{ role: "admin", space: { name: "Harbour & Café", timeZone: "Europe/Helsinki" } }],
      accounts: [{ providerId: "credential" }],
    },
  ]);
  expect(await db.prisma.space.count()).toBe(1);
  const viewer = await authOn(db).viewerOf(new Headers({ cookie: cookieFrom(won!) }));
  expect(viewer).toEqual({ userId: users[0]!.id, name: "Vera Lind", email: users[0]!.email });
});

test("afterwards there is no token any more, and whoever comes later is told to sign in", async ({
  empty: db,
  ctx,
}) => {
  expect(await isSetUp(db)).toBe(false);
  const token = await ensureFirstAdminToken(db);
  await setUpFirstAdmin(ctx, { ...person, token: token! });
  expect(await isSetUp(db)).toBe(true);
  expect(await ensureFirstAdminToken(db)).toBeNull();
  const late = await postSetUp(db, { ...person, token });
  expect(late.status).toBe(409);
  expect(await late.json()).toMatchObject({ code: "conflict", message: expect.stringContaining("Sign in instead") });
});

test("being first is not enough: without the newest token nobody gets in", async ({ empty: db }) => {
  for (const token of ["x", "", "first-admin", "0".repeat(64)]) {
    expect([token, (await postSetUp(db, { ...person, token })).status]).toEqual([token, token === "" ? 400 : 403]);
  }
  const older = await ensureFirstAdminToken(db);
  const newer = await ensureFirstAdminToken(db);
  expect((await postSetUp(db, { ...person, token: older })).status).toBe(403);
  expect(await db.prisma.user.count()).toBe(0);
  expect((await postSetUp(db, { ...person, token: newer })).status).toBe(200);
});

test("two starts at once leave one token that works", async ({ empty: db }) => {
  await Promise.all(Array.from({ length: 6 }, () => ensureFirstAdminToken(db)));
  expect(await db.prisma.verification.count({ where: { identifier: "first-admin" } })).toBe(1);
});

test("a token is good for a day", async ({ empty: db, ctx }) => {
  const token = (await ensureFirstAdminToken(db, () => new Date("2026-11-20T10:00:00Z")))!;
  const at = (time: string) => ({ ...ctx, now: () => new Date(time) });
  await expect(setUpFirstAdmin(at("2026-11-21T10:00:00Z"), { ...person, token })).rejects.toMatchObject({
    code: "forbidden",
    message: expect.stringContaining("more than a day old"),
  });
  await setUpFirstAdmin(at("2026-11-21T09:59:59Z"), { ...person, token });
});

test("the token is nowhere in the database", async ({ empty: db }) => {
  const token = (await ensureFirstAdminToken(db))!;
  expect(token.length).toBeGreaterThan(40);
  expect(JSON.stringify(await db.prisma.verification.findMany())).not.toContain(token);
});

test("a set-up that breaks half-way leaves nothing, and the token still works", async ({ empty: db, ctx }) => {
  const token = (await ensureFirstAdminToken(db))!;
  await db.pool.query("alter table memberships add constraint broken check (role <> 'admin')");
  await expect(setUpFirstAdmin(ctx, { ...person, token })).rejects.toThrow("broken");
  await db.pool.query("alter table memberships drop constraint broken");
  expect([await db.prisma.user.count(), await db.prisma.account.count(), await db.prisma.space.count()]).toEqual([
    0, 0, 0,
  ]);
  await setUpFirstAdmin(ctx, { ...person, token });
});

test("what is typed wrongly is named in words, and uses nothing up", async ({ empty: db }) => {
  const token = await ensureFirstAdminToken(db);
  const faults: Array<[object, string]> = [
    [{ password: "short" }, "A password has at least 10 characters."],
    [{ email: "vera" }, "This is not an e-mail address, such as nora@example.org."],
    [{ name: " " }, "Say how you want to be called."],
    [{ spaceName: "" }, "Name the team or project."],
    [{ timeZone: "Mars/Olympus" }, "This is not a time zone, such as Europe/Helsinki."],
  ];
  for (const [fault, message] of faults) {
    const answer = await postSetUp(db, { ...person, ...fault, token });
    expect([answer.status, await answer.json()]).toEqual([400, { code: "invalid_input", message }]);
  }
  expect((await postSetUp(db, { ...person, token })).status).toBe(200);
});

test("a space's address is its name in plain letters, with a number where that is taken", async ({
  empty: db,
  ctx,
  make,
}) => {
  for (const slug of ["space", "space-2", "space-station"]) await make.space({ slug });
  const token = (await ensureFirstAdminToken(db))!;
  const { spaceSlug } = await setUpFirstAdmin(ctx, { ...person, spaceName: "Команда", token });
  expect(spaceSlug).toBe("space-3");
  expect(["  Überfahrt: Pier №9! ", "---", "x".repeat(80)].map(slugOf)).toEqual([
    "uberfahrt-pier-no9",
    "space",
    "x".repeat(48),
  ]);
});
