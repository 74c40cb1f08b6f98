import { describe, expect } from "vitest";

import type { Db } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";
import { test } from "#tests/support/test.ts";

import { createAuth, ensureFirstAdminToken, requireRole, setUpFirstAdmin } from "./index.ts";

const BASE = "http://localhost:3000";
const authOn = (db: Db) =>
  createAuth({
    db,
    log: createLog({ level: "silent" }),
    secret: "a-secret-that-is-long-enough-for-tests",
    baseUrl: BASE,
  });
const person = {
  name: "Vera Lind",
  email: "Vera@example.org",
  password: "correct horse battery",
  spaceName: "Harbour & Co",
};

const post = (auth: ReturnType<typeof authOn>, path: string, body: object) =>
  auth.handler(
    new Request(`${BASE}/api/auth${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: BASE },
      body: JSON.stringify(body),
    }),
  );

describe("the first admin", () => {
  test("comes with the newest token, once, and then signs in with a cookie that scripts cannot read", async ({
    db,
    ctx,
  }) => {
    const older = await ensureFirstAdminToken(db);
    const token = (await ensureFirstAdminToken(db))!;
    await expect(setUpFirstAdmin(ctx, { ...person, token: older! })).rejects.toMatchObject({ code: "forbidden" });

    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => setUpFirstAdmin(ctx, { ...person, token })),
    );
    const made = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    expect(made).toHaveLength(1);
    expect(made[0]!.spaceSlug).toBe("harbour-co");
    expect(await ensureFirstAdminToken(db)).toBeNull();
    const { verifications } = { verifications: await db.prisma.verification.findMany() };
    expect(JSON.stringify(verifications)).not.toContain(token);

    const auth = authOn(db);
    const wrong = await post(auth, "/sign-in/email", { email: "vera@example.org", password: "something else" });
    expect(wrong.status).toBe(401);
    const right = await post(auth, "/sign-in/email", { email: "vera@example.org", password: person.password });
    expect(right.status).toBe(200);
    const cookie = right.headers.get("set-cookie")!;
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    const viewer = await auth.viewerOf(new Headers({ cookie: cookie.split(";")[0]! }));
    expect(viewer).toMatchObject({ userId: made[0]!.userId, name: "Vera Lind" });
    const { spaceId } = made[0]!;
    await expect(requireRole(db, { userId: viewer!.userId, spaceId, role: "admin" })).resolves.toMatchObject({
      role: "admin",
    });
  });
});

test("a sign-in link works once", async ({ db, make }) => {
  const user = await make.user();
  const auth = authOn(db);
  const link = await auth.createSignInLink({ email: user.email });
  const first = await auth.handler(new Request(link));
  expect(first.status).toBe(302);
  expect(first.headers.get("set-cookie")).toContain("session_token");
  const second = await auth.handler(new Request(link));
  expect(second.headers.get("set-cookie") ?? "").not.toContain("session_token=ey");
  expect(await db.prisma.session.count({ where: { userId: user.id } })).toBe(1);
  expect(JSON.stringify(await db.prisma.verification.findMany())).not.toContain(
    new URL(link).searchParams.get("token"),
  );
});

test("nobody signs up by themselves, and no other door of the library is open", async ({ db }) => {
  const auth = authOn(db);
  const paths = [
    "/sign-up/email",
    "/sign-in/magic-link",
    "/change-email",
    "/update-user",
    "/delete-user",
    "/list-sessions",
    "/ok",
  ];
  for (const path of paths) {
    expect([
      path,
      (await post(auth, path, { email: "eve@example.org", password: "0123456789", name: "Eve" })).status,
    ]).toEqual([path, 404]);
  }
  expect(await db.prisma.user.count({ where: { email: "eve@example.org" } })).toBe(0);
});

test("a role includes the lesser ones, and a space of others does not exist", async ({ db, make }) => {
  const mine = await make.space();
  const other = await make.space();
  const { id: userId } = await make.user({ spaceId: mine.id, role: "reviewer" });
  await expect(requireRole(db, { userId, spaceId: mine.id, role: "viewer" })).resolves.toMatchObject({
    role: "reviewer",
  });
  await expect(requireRole(db, { userId, spaceId: mine.id, role: "admin" })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(requireRole(db, { userId, spaceId: other.id, role: "viewer" })).rejects.toMatchObject({
    code: "not_found",
  });
});
