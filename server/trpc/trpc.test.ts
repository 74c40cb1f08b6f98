import { createTRPCClient, httpBatchStreamLink, isTRPCClientError } from "@trpc/client";
import { TRPCError } from "@trpc/server";
import superjson from "superjson";
import { expect } from "vitest";
import { z } from "zod";

import { AppError, type AppErrorCode, HTTP_STATUS } from "#server/lib/errors.ts";
import { createLog } from "#server/lib/log.ts";
import { BASE_URL, openApp } from "#tests/support/app.ts";
import { signIn } from "#tests/support/sign-in.ts";
import { test as base } from "#tests/support/test.ts";

import { answerFor, toTrpcError } from "./errors.ts";
import type { AppRouter } from "./root.ts";

type Fixtures = {
  /** A signed-in admin with a space, and the lines of the log. */
  world: Awaited<ReturnType<typeof openApp>> & { spaceId: string; userId: string; cookie: string; lines: Line[] };
};
type Line = Record<string, unknown> & { msg: string };

const test = base.extend<Fixtures>({
  world: async ({ ctx, make }, use) => {
    const lines: Line[] = [];
    const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
    const opened = await openApp({ ...ctx, log: createLog({ level: "info", stream }) });
    const { id: spaceId } = await make.space();
    const user = await make.user({ spaceId, role: "admin" });
    const cookie = await signIn(opened.auth, user.email);
    await use({ ...opened, spaceId, userId: user.id, cookie, lines });
    await opened.close();
  },
});

/** Our browser's way to the server, without a server. */
const clientOf = ({ app, cookie }: Fixtures["world"]) =>
  createTRPCClient<AppRouter>({
    links: [
      httpBatchStreamLink({
        url: `${BASE_URL}/api/trpc`,
        transformer: superjson,
        headers: { cookie, origin: BASE_URL },
        fetch: (url, init) => app.trpc(new Request(url, init as RequestInit)),
      }),
    ],
  });

test("a browser's calls travel together, dates stay dates, and each is answered by itself", async ({ world, make }) => {
  const { spaceId } = world;
  const run = await make.run({ spaceId });
  const client = clientOf(world);
  const [list, change, missing] = await Promise.allSettled([
    client.runs.list.query({ spaceId }),
    client.settings.set.mutate({ spaceId, key: "kb.lockTimeoutS", value: 60 }),
    client.runs.byId.query({ spaceId, runId: spaceId }),
  ]);
  expect(list).toMatchObject({ status: "fulfilled", value: { items: [{ id: run.id, createdAt: run.createdAt }] } });
  expect(change.status).toBe("fulfilled");
  expect(missing).toMatchObject({ status: "rejected", reason: { message: "There is no such run in this space." } });
  const reason: unknown = missing.status === "rejected" ? missing.reason : null;
  expect(isTRPCClientError<AppRouter>(reason) && reason.data).toMatchObject({ code: "NOT_FOUND", httpStatus: 404 });
});

test("each call is one line of the log, with who, where and how it ended", async ({ world, make }) => {
  const { spaceId, userId, cookie, lines, call } = world;
  await make.run({ spaceId, status: "running" });
  lines.length = 0;
  await call({ path: "runs.list", type: "query", input: { spaceId }, cookie });
  const window = { windowStart: new Date(0), windowEnd: new Date() };
  await call({ path: "runs.create", type: "mutation", input: { spaceId, ...window }, cookie });
  await call({ path: "runs.byId", type: "query", input: { spaceId, runId: "x" }, cookie });
  await call({ path: "runs.list", type: "query", input: { spaceId } });
  expect(lines.map(({ msg, outcome, level }) => [msg, outcome, level])).toEqual([
    ["trpc.runs.list", "ok", "info"],
    ["trpc.runs.create", "refused", "info"],
    ["trpc.runs.byId", "refused", "info"],
    ["trpc.runs.list", "refused", "info"],
  ]);
  expect(lines[0]).toMatchObject({ userId, spaceId, type: "query", durationMs: expect.any(Number) });
  expect(new Set(lines.map((line) => line.requestId)).size).toBe(4);
});

test("what is wrong with an input is said in words, once", async ({ world, make }) => {
  const { spaceId, cookie, call } = world;
  const { id: proposalId } = await make.proposal({ spaceId });
  const edit = async (change: object) => {
    const input = { spaceId, proposalId, version: 1, ...change };
    const { status, error } = await call({ path: "proposals.edit", type: "mutation", input, cookie });
    return [status, error?.message];
  };
  expect(await edit({ title: " " })).toEqual([400, "A proposal needs a title."]);
  expect(await edit({ title: 7 })).toEqual([400, "title: Invalid input: expected string, received number."]);
});

test("of a bug people learn only how to find it in the log, and the log shouts", async ({ world, db }) => {
  const { spaceId, cookie, lines, call } = world;
  lines.length = 0;
  await db.pool.query("alter table runs rename column failure to failure_elsewhere");
  const { status, error, headers } = await call({ path: "runs.list", type: "query", input: { spaceId }, cookie });
  await db.pool.query("alter table runs rename column failure_elsewhere to failure");
  expect(status).toBe(500);
  expect(error?.message).toBe(`Something went wrong. Its id is ${headers.get("x-request-id")}.`);
  expect(JSON.stringify(error)).not.toMatch(/failure|column|stack|prisma/i);
  expect(lines).toMatchObject([
    { msg: "trpc.runs.list", level: "error", outcome: "failed", error: { stack: /Error/ } },
  ]);
  expect(lines[0]?.requestId).toBe(headers.get("x-request-id"));
});

test("a bug before the call itself is found in the same way", async ({ world, db }) => {
  const { spaceId, cookie, lines, call } = world;
  lines.length = 0;
  await db.pool.query("alter table sessions rename to sessions_elsewhere");
  const { status, error, headers } = await call({ path: "runs.list", type: "query", input: { spaceId }, cookie });
  await db.pool.query("alter table sessions_elsewhere rename to sessions");
  expect([status, error?.message]).toEqual([500, `Something went wrong. Its id is ${headers.get("x-request-id")}.`]);
  // better-auth says in a line of its own what it was.
  expect(lines).toMatchObject([
    { msg: "auth.engine", level: "error" },
    { msg: "trpc.runs.list", level: "error", requestId: headers.get("x-request-id"), error: { stack: /Error/ } },
  ]);
});

test("a request carries so much and no more", async ({ world }) => {
  const { app, cookie, spaceId } = world;
  const send = (body: string, path = "settings.set") =>
    app.trpc(
      new Request(`${BASE_URL}/api/trpc/${path}`, {
        method: "POST",
        headers: { cookie, origin: BASE_URL, "content-type": "application/json" },
        body,
      }),
    );
  const large = await send(JSON.stringify({ json: { spaceId, value: "x".repeat(1024 * 1024) } }));
  expect(large.status).toBe(400);
  for (const broken of ["{", "", "null", "[]", '"x"', '{"json":7,"meta":{"values":{"a.b":["Date"]}}}']) {
    expect([broken, (await send(broken)).status]).toEqual([broken, 400]);
  }
  const many = await send("{}", `${Array.from({ length: 21 }, () => "settings.set").join(",")}?batch=1`);
  expect(many.status).toBe(400);
});

test("an answer is for its asker and is kept nowhere", async ({ world }) => {
  const { spaceId, cookie, call } = world;
  const { headers } = await call({ path: "runs.list", type: "query", input: { spaceId }, cookie });
  expect(headers.get("cache-control")).toBe("no-store");
});

test("every refusal has its status, and only what we expect has words", () => {
  const statuses = { BAD_REQUEST: 400, UNAUTHORIZED: 401, FORBIDDEN: 403, NOT_FOUND: 404, CONFLICT: 409 } as const;
  const others = {
    PAYMENT_REQUIRED: 402,
    TOO_MANY_REQUESTS: 429,
    CLIENT_CLOSED_REQUEST: 499,
    SERVICE_UNAVAILABLE: 503,
  } as const;
  const known: Record<string, number> = { ...statuses, ...others };
  for (const [code, status] of Object.entries(HTTP_STATUS)) {
    const cause = new AppError(code as AppErrorCode, "In words.");
    const error = toTrpcError(new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause }));
    expect([code, known[error.code], answerFor(error, "7")]).toEqual([code, status, "In words."]);
  }
  const ours = z.string().safeParse(1).error;
  const bug = new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "a secret", cause: ours });
  expect(answerFor(toTrpcError(bug), "7")).toBe("Something went wrong. Its id is 7.");
});

test("the shell knows who one is, where one may go, and where the log stands", async ({ world, make, db }) => {
  const { spaceId, userId, cookie, call } = world;
  const other = await make.space({ name: "Annex" });
  await db.prisma.membership.create({ data: { id: userId, spaceId: other.id, userId, role: "viewer" } });
  await call({
    path: "settings.set",
    type: "mutation",
    input: { spaceId, key: "kb.lockTimeoutS", value: 60 },
    cookie,
  });
  const { slug } = await db.prisma.space.findUniqueOrThrow({ where: { id: spaceId } });
  const { data } = await call({ path: "shell.bySlug", type: "query", input: { slug }, cookie });
  expect(data).toMatchObject({
    user: { id: userId },
    space: { id: spaceId, slug, timeZone: "UTC" },
    role: "admin",
    spaces: [
      { slug: other.slug, role: "viewer" },
      { slug, role: "admin" },
    ],
    provider: { name: "rules", isModel: false },
    newestSeq: 1,
  });
  expect(JSON.stringify(data)).not.toMatch(/secret/i);
  expect((await call({ path: "shell.home", type: "query", input: undefined, cookie })).data).toEqual({ slug });
});

test("what was missed is told in order, without a gap, up to where the log stands", async ({ world }) => {
  const { spaceId, cookie, call } = world;
  for (const value of [10, 20, 30]) {
    const input = { spaceId, key: "kb.lockTimeoutS", value };
    await call({ path: "settings.set", type: "mutation", input, cookie });
  }
  const since = async (after: number) =>
    (await call({ path: "events.since", type: "query", input: { spaceId, after }, cookie })).data;
  expect(await since(1)).toMatchObject({
    notices: [
      { seq: 2, type: "settings.changed" },
      { seq: 3, type: "settings.changed" },
    ],
    newest: 3,
    isComplete: true,
  });
  expect(await since(3)).toEqual({ notices: [], newest: 3, isComplete: true });
});

test("whoever was away for too long is told to look at everything again", async ({ world, db }) => {
  const { spaceId, cookie, call } = world;
  await db.pool.query(
    `insert into events (space_id, seq, id, topic, type, subject_id, actor, at)
       select $1, n, gen_random_uuid(), 'messages', 'message.received', 'x', '{}', now() from generate_series(1, 1500) n`,
    [spaceId],
  );
  await db.pool.query("update spaces set event_seq = 1500 where id = $1", [spaceId]);
  const { data } = await call({ path: "events.since", type: "query", input: { spaceId, after: 0 }, cookie });
  expect(data).toEqual({ notices: [], newest: 1500, isComplete: false });
});
