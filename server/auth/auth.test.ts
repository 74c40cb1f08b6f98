import { expect } from "vitest";

import { hashPassword } from "better-auth/crypto";

import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { createLog } from "#server/lib/log.ts";
import { cookieFrom, signIn } from "#tests/support/sign-in.ts";
import { test } from "#tests/support/test.ts";

import { createEngine } from "./engine.ts";
import { type Auth, createAuth, requireRole } from "./index.ts";

const BASE = "http://localhost:3000";
const PASSWORD = "correct horse battery";

const authOn = (db: Db, options: Partial<Parameters<typeof createAuth>[0]> = {}) =>
  createAuth({
    db,
    log: createLog({ level: "silent" }),
    secret: "a-secret-that-is-long-enough-for-tests",
    baseUrl: BASE,
    ...options,
  });

const post = (auth: Auth, path: string, body: object, headers: Record<string, string> = {}) =>
  auth.handler(
    new Request(`${BASE}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: BASE, ...headers },
      body: JSON.stringify(body),
    }),
  );

const tryPassword = (auth: Auth, email: string, password: string, address = "192.0.2.1") =>
  post(auth, "/api/auth/sign-in/email", { email, password }, { "x-winnow-client-ip": address });

async function giveAccount(db: Db, user: { id: string }, password: string | null = null) {
  const hash = password === null ? null : await hashPassword(password);
  await db.prisma.account.create({
    data: { id: newId(), accountId: user.id, providerId: "credential", userId: user.id, password: hash },
  });
}

test("with the right password one is signed in, by a cookie that scripts and other sites cannot use", async ({
  db,
  make,
}) => {
  const user = await make.user();
  await giveAccount(db, user, PASSWORD);
  const auth = authOn(db);
  const response = await tryPassword(auth, user.email.toUpperCase(), PASSWORD);
  expect(response.status).toBe(200);
  const [cookie] = response.headers.getSetCookie();
  expect(cookie).toMatch(/; HttpOnly/i);
  expect(cookie).toMatch(/; SameSite=Lax/i);
  expect(cookie).toMatch(/; Path=\//i);
  expect(cookie).not.toMatch(/; Secure/i);
  const viewer = await auth.viewerOf(new Headers({ cookie: cookieFrom(response) }));
  expect(viewer).toEqual({ userId: user.id, name: user.name, email: user.email });
});

test("where people come by https the cookie goes over nothing else", async ({ db, make }) => {
  const user = await make.user();
  const auth = authOn(db, { baseUrl: "https://winnow.example.org" });
  const response = await auth.handler(new Request(await auth.createSignInLink({ email: user.email })));
  const [cookie] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^__Secure-/);
  expect(cookie).toMatch(/; Secure/i);
});

test("a wrong password, an unknown address and an account without a password are refused alike", async ({
  db,
  make,
}) => {
  const [withPassword, without] = [await make.user(), await make.user()];
  await giveAccount(db, withPassword, PASSWORD);
  await giveAccount(db, without);
  const auth = authOn(db);
  for (const [email, password] of [
    [withPassword.email, "correct horse batterz"],
    ["nobody@example.org", PASSWORD],
    [without.email, PASSWORD],
    [without.email, ""],
  ] as const) {
    const answer = await tryPassword(auth, email, password);
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { code: "unauthenticated", message: "The e-mail address or the password is wrong." },
    ]);
    expect(cookieFrom(answer)).toBe("");
  }
});

test("signing out ends the session for whoever else has the cookie", async ({ db, make }) => {
  const auth = authOn(db);
  const cookie = await signIn(auth, (await make.user()).email);
  expect(await auth.viewerOf(new Headers({ cookie }))).not.toBeNull();
  const answer = await post(auth, "/api/auth/sign-out", {}, { cookie });
  expect(answer.status).toBe(200);
  expect(await auth.viewerOf(new Headers({ cookie }))).toBeNull();
});

test("a session ends after 30 days, however much it is used", async ({ db, make }) => {
  const auth = authOn(db);
  const user = await make.user();
  const cookie = await signIn(auth, user.email);
  const days = async () => {
    const { expiresAt, createdAt } = await db.prisma.session.findFirstOrThrow({ where: { userId: user.id } });
    return Math.round((expiresAt.getTime() - createdAt.getTime()) / 86_400_000);
  };
  expect(await days()).toBe(30);
  await db.prisma.session.updateMany({ where: { userId: user.id }, data: { updatedAt: new Date("2020-01-01") } });
  expect(await auth.viewerOf(new Headers({ cookie }))).not.toBeNull();
  expect(await days()).toBe(30);
  await db.prisma.session.updateMany({ where: { userId: user.id }, data: { expiresAt: new Date(Date.now() - 1000) } });
  expect(await auth.viewerOf(new Headers({ cookie }))).toBeNull();
});

test("a cookie that was not made with our secret is nobody's", async ({ db, make }) => {
  const user = await make.user();
  const forged = await signIn(authOn(db, { secret: "another-secret-that-is-long-enough-too" }), user.email);
  const auth = authOn(db);
  expect(await auth.viewerOf(new Headers({ cookie: forged }))).toBeNull();
  const { token } = await db.prisma.session.findFirstOrThrow({ where: { userId: user.id } });
  for (const cookie of [`winnow.session_token=${token}`, `winnow.session_token=${token}.`, "winnow.session_token="]) {
    expect([cookie, await auth.viewerOf(new Headers({ cookie }))]).toEqual([cookie, null]);
  }
});

test("a sign-in link works once, is kept as a hash, and leads where it was made for", async ({ db, make }) => {
  const user = await make.user();
  const auth = authOn(db);
  const link = await auth.createSignInLink({ email: user.email, path: "/s/harbour/review" });
  expect(new URL(link).origin).toBe(BASE);
  const stored = JSON.stringify(await db.prisma.verification.findMany());
  expect(stored).not.toContain(new URL(link).searchParams.get("token"));
  expect(stored).toContain("magic-link:");

  const answers = await Promise.all(Array.from({ length: 5 }, () => auth.handler(new Request(link))));
  const [opened, ...spent] = answers.toSorted((a) => (cookieFrom(a) === "" ? 1 : -1));
  expect(opened!.status).toBe(302);
  expect(opened!.headers.get("location")).toBe(`${BASE}/s/harbour/review`);
  for (const answer of spent) {
    expect(answer.headers.get("location")).toBe(`${BASE}/sign-in?error=INVALID_TOKEN`);
    expect(cookieFrom(answer)).toBe("");
  }
  expect(await db.prisma.session.count({ where: { userId: user.id } })).toBe(1);
});

test("a sign-in link does not work after a quarter of an hour, nor for a stranger", async ({ db, make }) => {
  const auth = authOn(db);
  const link = await auth.createSignInLink({ email: (await make.user()).email });
  const { expiresAt } = await db.prisma.verification.findFirstOrThrow();
  expect(Math.round((expiresAt.getTime() - Date.now()) / 60_000)).toBe(15);
  await db.prisma.verification.updateMany({ data: { expiresAt: new Date(Date.now() - 1000) } });
  expect(cookieFrom(await auth.handler(new Request(link)))).toBe("");
  await expect(auth.createSignInLink({ email: "stranger@example.org" })).rejects.toMatchObject({ code: "not_found" });
});

test("a sign-in link leads to no other site", async ({ db, make }) => {
  const auth = authOn(db);
  for (const parameter of ["callbackURL", "errorCallbackURL"]) {
    const link = new URL(await auth.createSignInLink({ email: (await make.user()).email }));
    link.searchParams.set(parameter, "https://evil.example/");
    const answer = await auth.handler(new Request(link));
    expect([parameter, answer.status, answer.headers.get("location")]).toEqual([parameter, 403, null]);
  }
});

test("of all that the library can do five doors are open, to nobody and to an admin alike", async ({ db, make }) => {
  const auth = authOn(db);
  const space = await make.space();
  const { email } = await make.user({ spaceId: space.id, role: "admin" });
  const cookie = await signIn(auth, email);
  const log = createLog({ level: "silent" });
  const engine = createEngine({ db, log, secret: "x".repeat(32), baseUrl: BASE, trustedOrigins: [] });
  const doors = Object.values(engine.api).flatMap((endpoint) => {
    const { path, options } = endpoint as { path?: string; options: { method: string | string[] } };
    return path ? [options.method].flat().map((method) => `${method} /api/auth${path}`) : [];
  });
  expect(doors.length).toBeGreaterThan(30);
  const open = new Set<string>();
  const everyone: Array<Record<string, string>> = [{}, { cookie }];
  for (const door of [...doors, "GET /api/auth", "GET /api/auth/", "GET /api/setup", "POST /api/auth/sign-in/email/"]) {
    const [method = "", path = ""] = door.replace(/:\w+/g, "x").split(" ");
    for (const who of everyone) {
      const headers = { "content-type": "application/json", origin: BASE, ...who };
      const body =
        method === "POST" ? JSON.stringify({ email: "eve@example.org", password: PASSWORD, name: "Eve" }) : null;
      const answer = await auth.handler(new Request(BASE + path, { method, headers, body }));
      if (answer.status !== 404) open.add(door);
    }
  }
  expect([...open].toSorted()).toEqual([
    "GET /api/auth/get-session",
    "GET /api/auth/magic-link/verify",
    "POST /api/auth/sign-in/email",
    "POST /api/auth/sign-out",
  ]);
  expect(await db.prisma.user.count({ where: { email: "eve@example.org" } })).toBe(0);
});

test("a page of another site can neither sign anybody in nor out, nor set up", async ({ db, make }) => {
  const auth = authOn(db);
  const user = await make.user();
  await giveAccount(db, user, PASSWORD);
  const cookie = await signIn(auth, user.email);
  const foreign: Array<Record<string, string>> = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://localhost:3001" },
    { origin: "http://localhost:3000.evil.example" },
    { origin: "", "sec-fetch-site": "cross-site" },
  ];
  for (const path of ["/api/auth/sign-in/email", "/api/auth/sign-out", "/api/setup"]) {
    for (const { origin, ...rest } of foreign) {
      const headers = new Headers({ "content-type": "application/json", cookie, ...rest });
      if (origin) headers.set("origin", origin);
      const body = JSON.stringify({ email: user.email, password: PASSWORD });
      const answer = await auth.handler(new Request(BASE + path, { method: "POST", headers, body }));
      expect([path, origin, answer.status]).toEqual([path, origin, 403]);
      expect(cookieFrom(answer)).toBe("");
    }
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      if (path.endsWith("sign-out")) continue;
      const answer = await post(auth, path, { email: user.email, password: PASSWORD }, { "content-type": type });
      expect([path, type, answer.status]).toEqual([path, type, 400]);
    }
  }
  expect(await auth.viewerOf(new Headers({ cookie }))).not.toBeNull();
  const local = await post(
    auth,
    "/api/auth/sign-in/email",
    { email: user.email, password: PASSWORD },
    { origin: "http://127.0.0.1:3000" },
  );
  expect(local.status).toBe(200);
});

test("whoever guesses is stopped after ten, also when they try all at once", async ({ db, make }) => {
  const user = await make.user();
  await giveAccount(db, user, PASSWORD);
  const auth = authOn(db);
  const guesses = await Promise.all(Array.from({ length: 25 }, (_, i) => tryPassword(auth, user.email, `guess ${i}`)));
  expect(guesses.filter((guess) => guess.status === 401)).toHaveLength(10);
  const stopped = guesses.filter((guess) => guess.status === 429);
  expect(stopped).toHaveLength(15);
  expect((await stopped[0]!.json()).message).toMatch(/^Too many sign-ins failed\. Try again in 15 minutes\.$/);
  // Also with the right one, also by another process, also in other letters.
  expect((await tryPassword(authOn(db), user.email.toUpperCase(), PASSWORD)).status).toBe(429);
  // Their owner, elsewhere, is not locked out.
  expect((await tryPassword(auth, user.email, PASSWORD, "192.0.2.77")).status).toBe(200);
  // After the quarter of an hour it may be tried again.
  await db.pool.query("update rate_limits set expire = $1", [Date.now() - 1]);
  expect((await tryPassword(auth, user.email, PASSWORD)).status).toBe(200);
});

test("signing in often is no guessing, and one success forgives the mistakes before it", async ({ db, make }) => {
  const user = await make.user();
  await giveAccount(db, user, PASSWORD);
  const auth = authOn(db);
  for (let round = 0; round < 3; round += 1) {
    for (let i = 0; i < 5; i += 1) expect((await tryPassword(auth, user.email, "mistyped")).status).toBe(401);
    expect((await tryPassword(auth, user.email, PASSWORD)).status).toBe(200);
  }
  const { rows } = await db.pool.query("select points from rate_limits where key like 'sign-in-address:192.0.2.1'");
  expect(rows[0]?.points).toBeGreaterThanOrEqual(15);
});

test("one who tries many accounts is stopped, and one account that many try is too", async ({ db }) => {
  const auth = authOn(db);
  await db.pool.query("truncate rate_limits");
  await db.pool.query("insert into rate_limits (key, points, expire) values ('sign-in-address:192.0.2.9', 100, $1)", [
    Date.now() + 60_000,
  ]);
  expect((await tryPassword(auth, "anyone@example.org", "x", "192.0.2.9")).status).toBe(429);
  await tryPassword(auth, "target@example.org", "x", "192.0.2.10");
  await db.pool.query("update rate_limits set points = 100 where key like 'sign-in-account:%'");
  expect((await tryPassword(auth, "target@example.org", "x", "192.0.2.11")).status).toBe(429);
});

test("no line of the log holds a password, a token or a cookie", async ({ db, make }) => {
  const lines: string[] = [];
  const log = createLog({ level: "trace", stream: { write: (line) => void lines.push(line) } });
  const auth = authOn(db, { log });
  const user = await make.user();
  await giveAccount(db, user, PASSWORD);
  const link = await auth.createSignInLink({ email: user.email });
  const cookie = cookieFrom(await auth.handler(new Request(link)));
  await tryPassword(auth, user.email, PASSWORD);
  await tryPassword(auth, user.email, "wrong-password-typed");
  await auth.handler(new Request(link));
  expect(lines.length).toBeGreaterThanOrEqual(4);
  const written = lines.join("");
  const secrets = [PASSWORD, "wrong-password-typed", new URL(link).searchParams.get("token")!, cookie.split("=")[1]!];
  for (const secret of [...secrets, user.email]) expect(written).not.toContain(secret);
});

test("a role includes the lesser ones, and a space of others does not exist", async ({ db, make }) => {
  const [mine, other] = [await make.space({ name: "Harbour" }), await make.space()];
  const { id: userId } = await make.user({ spaceId: mine.id, role: "reviewer" });
  const membership = await requireRole(db, { userId, spaceId: mine.id, role: "viewer" });
  expect(membership).toEqual({
    role: "reviewer",
    space: { id: mine.id, slug: mine.slug, name: "Harbour", timeZone: "UTC" },
  });
  await expect(requireRole(db, { userId, spaceId: mine.id, role: "admin" })).rejects.toMatchObject({
    code: "forbidden",
    message: "This needs the role admin, and you are a reviewer of Harbour. An admin of the space can change that.",
  });
  await expect(requireRole(db, { userId, spaceId: other.id, role: "viewer" })).rejects.toMatchObject({
    code: "not_found",
  });
});
