import { globSync } from "node:fs";

import { describe, expect } from "vitest";
import { z } from "zod";

import { hasRole, Role } from "#server/auth/schema.ts";
import { channelName, EventTopic } from "#server/events/schema.ts";
import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { appRouter } from "#server/trpc/root.ts";
import { ADDRESSES } from "#tests/support/addresses.ts";
import { BASE_URL, openApp } from "#tests/support/app.ts";
import type { Make } from "#tests/support/make.ts";
import { fillSpace, SECRET_WORD } from "#tests/support/full-space.ts";
import { NAMING_ROWS } from "#tests/support/naming-rows.ts";
import { signIn } from "#tests/support/sign-in.ts";
import { test as base } from "#tests/support/test.ts";

// Guarantee 5: no procedure, channel or door answers someone without the right role, and a space never sees another's
// rows. Everything is found by walking what is there, so that whatever is added is held to it, or fails here.

type World = Awaited<ReturnType<typeof openWorld>>;

const test = base.extend<{ world: World }>({
  world: async ({ db, ctx, make }, use) => {
    const opened = await openApp(ctx);
    await use(await openWorld(db, make, opened));
    await opened.close();
  },
});

/** Two spaces that know nothing of each other, and somebody of each role. */
async function openWorld(db: Db, make: Make, opened: Awaited<ReturnType<typeof openApp>>) {
  const [mine, other] = [await make.space(), await make.space({ name: `Isle of ${SECRET_WORD}` })];
  const cookieOf = async (spaceId: string, role: Role) =>
    signIn(opened.auth, (await make.user({ spaceId, role })).email);
  return {
    ...opened,
    mine: await fillSpace(db, make, { spaceId: mine.id, homeId: opened.homeId }),
    other: await fillSpace(db, make, { spaceId: other.id, homeId: opened.homeId }),
    cookies: {
      nobody: undefined,
      viewer: await cookieOf(mine.id, "viewer"),
      reviewer: await cookieOf(mine.id, "reviewer"),
      admin: await cookieOf(mine.id, "admin"),
      stranger: await cookieOf(other.id, "admin"),
    },
  };
}

/** Every procedure with who may call it, from the router itself. */
function procedures() {
  const all = Object.entries(appRouter._def.procedures as unknown as Record<string, ProcedureLike>);
  return all.map(([path, { _def }]) => ({ path, type: _def.type, access: _def.meta?.access, inputs: _def.inputs }));
}

type ProcedureLike = { _def: { type: string; meta?: { access?: string }; inputs: z.ZodType[] } };

describe("procedures", () => {
  test("each says who may call it, and to change anything takes more than looking", () => {
    const all = procedures();
    expect(all.length).toBeGreaterThan(48);
    const unsaid = all.filter(({ access }) => access !== "signed-in" && !Role[access as Role]);
    expect(unsaid).toEqual([]);
    const tooOpen = all.filter(({ type, access }) => type !== "query" && !hasRole(access as Role, "reviewer"));
    expect(tooOpen.map(({ path }) => path)).toEqual([]);
    const settings = all.filter(({ path }) => path.startsWith("settings."));
    expect(settings.map(({ access }) => access)).toEqual(settings.map(() => "admin"));
    // Whoever is signed in, in no space in particular: what is on this list speaks only of themselves.
    expect(all.filter(({ access }) => access === "signed-in").map(({ path }) => path)).toEqual([
      "shell.home",
      "shell.bySlug",
    ]);
  });

  test("each answers those who may call it and nobody else", async ({ world }) => {
    const { mine, cookies, call } = world;
    const wrong: unknown[] = [];
    let asked = 0;
    for (const { path, type, access } of procedures()) {
      for (const [who, cookie] of Object.entries(cookies)) {
        // Names the space and nothing else: a procedure that wants more says 400, and has let one in by then.
        const { status } = await call({ path, type, input: { spaceId: mine.spaceId }, cookie });
        const expected = expectedAnswer(who as keyof typeof cookies, access as Role | "signed-in");
        const answered = status === 200 || status === 400 ? "let in" : status;
        if (answered !== expected) wrong.push({ path, who, access, expected, answered });
        asked += 1;
      }
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(240);
  });

  test("an input without a space, or with one that is none, lets nobody in", async ({ world }) => {
    const { cookies, call } = world;
    for (const { path, type, access } of procedures()) {
      if (access === "signed-in") continue;
      for (const input of [{}, undefined, { spaceId: "x" }, { spaceId: null }, { spaceId: ["a"] }]) {
        expect([path, (await call({ path, type, input, cookie: cookies.admin })).status]).toEqual([path, 400]);
        expect([path, (await call({ path, type, input })).status]).toEqual([path, 401]);
      }
      const { status } = await call({ path, type, input: { spaceId: newId() }, cookie: cookies.admin });
      expect([path, status]).toEqual([path, 404]);
    }
  });

  test("someone who lost their role, or their session, is out with the next call", async ({ world, db }) => {
    const { mine, cookies, call } = world;
    const list = () =>
      call({ path: "runs.list", type: "query", input: { spaceId: mine.spaceId }, cookie: cookies.reviewer });
    expect((await list()).status).toBe(200);
    await db.prisma.membership.deleteMany({ where: { spaceId: mine.spaceId, role: "reviewer" } });
    expect((await list()).status).toBe(404);
    await db.prisma.session.deleteMany();
    expect((await list()).status).toBe(401);
  });
});

function expectedAnswer(who: keyof World["cookies"], access: Role | "signed-in") {
  if (who === "nobody") return 401;
  if (access === "signed-in") return "let in";
  if (who === "stranger") return 404;
  return hasRole(who, access) ? "let in" : 403;
}

// ── Rows of another space ──────────────────────────────────────────────────────

describe("rows of another space", () => {
  test("each place of an input that names a row is tried below", () => {
    const places = procedures().flatMap(({ path, inputs }) =>
      inputs.flatMap((schema) => placesOfIds(schema)).map((place) => `${path} ${place}`),
    );
    const inSpaces = places.filter((place) => !place.endsWith(" spaceId"));
    expect([...new Set(inSpaces)].toSorted()).toEqual(Object.keys(NAMING_ROWS).toSorted());
  });

  test("are not found, not shown and not touched by an admin of this one", async ({ world, db }) => {
    const { mine, other, cookies, call } = world;
    const before = await everythingOf(db, other.spaceId);
    const known = new Map(procedures().map((procedure) => [procedure.path, procedure.type]));
    const wrong: unknown[] = [];
    for (const [place, { input, answers = 404 }] of Object.entries(NAMING_ROWS)) {
      const [path = ""] = place.split(" ");
      const { status, data, error } = await call({
        path,
        type: known.get(path)!,
        input: { spaceId: mine.spaceId, ...input(other, mine) },
        cookie: cookies.admin,
      });
      if (status !== answers) wrong.push({ place, status, answers, error: error?.message });
      // Our own space has the word too, in what is ours: lists that were narrowed to a row of others must be empty.
      const shown = JSON.stringify(data ?? error ?? null);
      const isOurs = place === "proposals.list cursor";
      if (!isOurs && shown.includes(SECRET_WORD)) wrong.push({ place, shown });
      if (isOurs && shown.includes(other.runId)) wrong.push({ place, shown });
    }
    expect(wrong).toEqual([]);
    expect(await everythingOf(db, other.spaceId)).toEqual(before);
  });

  test("are found by those who are in it, so that the calls above were refused for the right reason", async ({
    world,
  }) => {
    const { other, cookies, call } = world;
    const known = new Map(procedures().map((procedure) => [procedure.path, procedure.type]));
    for (const [place, { input }] of Object.entries(NAMING_ROWS)) {
      const [path = ""] = place.split(" ");
      const { status, error } = await call({
        path,
        type: known.get(path)!,
        input: { spaceId: other.spaceId, ...input(other, other) },
        cookie: cookies.stranger,
      });
      // 409: an earlier one of these calls has changed it. A run with pending proposals is found, and stays open; so is a note
      // whose file nobody has committed here, and a provider that is in a private network.
      const isFound =
        [200, 409].includes(status) ||
        /waiting for a decision|The file of this note|are needed to judge it|private network/.test(
          error?.message ?? "",
        );
      expect([place, isFound || error?.message]).toEqual([place, true]);
    }
  });

  test("the space itself does not exist for strangers, by name either", async ({ world, db }) => {
    const { mine, cookies, call } = world;
    const { slug } = await db.prisma.space.findUniqueOrThrow({ where: { id: mine.spaceId } });
    const ask = (wanted: string, cookie: string) =>
      call({ path: "shell.bySlug", type: "query", input: { slug: wanted }, cookie });
    const [foreign, unknown] = [await ask(slug, cookies.stranger), await ask("no-such-space", cookies.stranger)];
    expect([foreign.status, foreign.error?.message]).toEqual([404, unknown.error?.message]);
    expect((await ask(slug, cookies.viewer)).status).toBe(200);
  });
});

/** Where in an input a row is named: every property that must be a UUID, with its path. */
function placesOfIds(schema: z.ZodType): string[] {
  const Node = z.object({
    format: z.string().optional(),
    properties: z.record(z.string(), z.unknown()).optional(),
    items: z.unknown().optional(),
    anyOf: z.array(z.unknown()).optional(),
    oneOf: z.array(z.unknown()).optional(),
  });
  const walk = (part: unknown, path: string): string[] => {
    const node = Node.safeParse(part).data;
    if (!node) return [];
    const inside = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
      walk(child, path ? `${path}.${name}` : name),
    );
    const alternatives = [...(node.anyOf ?? []), ...(node.oneOf ?? []), node.items].flatMap((child) =>
      walk(child, path),
    );
    return [...(node.format === "uuid" ? [path] : []), ...inside, ...alternatives];
  };
  return walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), "");
}

/** All rows of a space, to see that none was changed. */
async function everythingOf(db: Db, spaceId: string) {
  const tables = ["chats", "messages", "runs", "batches", "proposals", "proposal_evidence", "proposal_decisions"];
  const rows = [];
  for (const table of [
    ...tables,
    ...["notes", "knowledge_bases", "kb_operations", "kb_conflicts", "settings", "events", "pairings", "gaps"],
    ...["project_contexts", "llm_providers", "model_choices", "prompt_overrides"],
    ...["replays", "hidden_examples"],
  ]) {
    const found = await db.pool.query(`select to_jsonb(t) as row from ${table} t where space_id = $1`, [spaceId]);
    rows.push({ table, rows: found.rows.map((each) => JSON.stringify(each.row)).toSorted() });
  }
  return rows;
}

// ── Channels ───────────────────────────────────────────────────────────────────

describe("channels", () => {
  const ask = (world: World, channel: string, cookie: string | undefined) =>
    world.app.realtimeAuth(
      new Request(`${BASE_URL}/api/realtime/auth`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", ...(cookie ? { cookie } : {}) },
        body: new URLSearchParams({ socket_id: "123.456", channel_name: channel }),
      }),
    );

  test("every topic of a space is for its members alone", async ({ world }) => {
    const expected = { nobody: 401, viewer: 200, reviewer: 200, admin: 200, stranger: 403 };
    expect(EventTopic.options.length).toBeGreaterThan(5);
    for (const topic of EventTopic.options) {
      for (const [who, cookie] of Object.entries(world.cookies)) {
        const { status } = await ask(world, channelName(world.mine.spaceId, topic), cookie);
        expect([topic, who, status]).toEqual([topic, who, expected[who as keyof typeof expected]]);
      }
    }
  });

  test("a channel that is none of ours is for nobody", async ({ world }) => {
    const { spaceId } = world.mine;
    for (const channel of [
      `presence-space-${spaceId}-runs`,
      `space-${spaceId}-runs`,
      `private-space-${spaceId}-secrets`,
      `private-space-${spaceId}-runs-x`,
      `private-encrypted-space-${spaceId}-runs`,
      `private-space-${newId()}-runs`,
      `private-space-${spaceId.toUpperCase()}-runs`,
      "private-space--runs",
      "#server-to-user-1",
    ]) {
      expect([channel, (await ask(world, channel, world.cookies.admin)).status]).toEqual([channel, 403]);
    }
  });
});

// ── Pages and route handlers ───────────────────────────────────────────────────

// Who is answered at which address stands in tests/support/addresses.ts; the pages are asked in pages.test.ts.
test("every page and route handler has its rule, and every rule its page", () => {
  const files = globSync("app/**/{page,route}.{ts,tsx}");
  expect(files.length).toBeGreaterThan(10);
  const addresses = files.map((file) => `/${file.split("/").slice(1, -1).join("/")}`);
  expect(addresses.toSorted()).toEqual(Object.keys(ADDRESSES).toSorted());
});

test("doors that need a secret or a session answer nothing without it", async ({ world, db }) => {
  const { app, cookies } = world;
  const form = {
    token: "guess",
    name: "Eve",
    email: "eve@example.org",
    password: "guessed-it-all",
    spaceName: "Eve's",
  };
  const post = (path: string, headers: Record<string, string> = {}) =>
    new Request(BASE_URL + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ update_id: 1, ...form }),
    });
  const everyone: Array<Record<string, string>> = [{}, { cookie: cookies.admin }];
  for (const headers of everyone) {
    const guess = { "x-telegram-bot-api-secret-token": "guess", ...headers };
    expect((await app.webhook(post("/api/telegram/webhook", headers))).status).toBe(401);
    expect((await app.webhook(post("/api/telegram/webhook", guess))).status).toBe(401);
    expect((await app.auth(post("/api/setup", headers))).status).toBe(409);
  }
  expect(await db.prisma.inboundUpdate.count()).toBe(0);
  expect(await db.prisma.user.count({ where: { email: form.email } })).toBe(0);
  const ask = (path: string, headers: Record<string, string>) => app.trpc(new Request(BASE_URL + path, { headers }));
  const file = `/api/media/${world.mine.spaceId}/media/00/${"0".repeat(64)}.png`;
  const fetched = async (headers: Record<string, string>) =>
    (await app.media(new Request(BASE_URL + file, { headers }))).status;
  expect(await fetched({})).toBe(401);
  const stranger = await app.media(new Request(BASE_URL + file, { headers: { cookie: cookies.stranger } }));
  expect([stranger.status, await stranger.text()]).toEqual([404, expect.stringContaining("not a member")]);
  expect((await ask("/api/trpc/shell.home", {})).status).toBe(401);
  expect((await ask("/api/trpc/no.such", { cookie: cookies.admin })).status).toBe(404);
});

test("a page of another site changes nothing with the cookies of an admin", async ({ world, db }) => {
  const { app, mine, cookies } = world;
  const before = await everythingOf(db, mine.spaceId);
  const url = `${BASE_URL}/api/trpc/settings.set`;
  const input = JSON.stringify({ json: { spaceId: mine.spaceId, key: "analysis.parallelBatches", value: 9 } });
  const send = (init: RequestInit & { headers: Record<string, string> }, to = url) =>
    app.trpc(new Request(to, { ...init, headers: { cookie: cookies.admin, ...init.headers } }));
  const json = { "content-type": "application/json" };
  const attempts = [
    await send({ method: "POST", headers: { ...json, origin: "https://evil.example" }, body: input }),
    await send({ method: "POST", headers: { ...json, origin: "null" }, body: input }),
    await send({ method: "POST", headers: { ...json, "sec-fetch-site": "cross-site" }, body: input }),
    await send({ method: "POST", headers: { "content-type": "text/plain", origin: BASE_URL }, body: input }),
    await send({ method: "POST", headers: { "content-type": "multipart/form-data; boundary=x" }, body: input }),
    await send({ method: "POST", headers: {}, body: new URLSearchParams({ input }) }),
    await send({ method: "GET", headers: { origin: BASE_URL } }, `${url}?input=${encodeURIComponent(input)}`),
  ];
  expect(attempts.map(({ status }) => status)).toEqual([403, 403, 403, 415, 415, 415, 405]);
  expect(await everythingOf(db, mine.spaceId)).toEqual(before);
  const ours = await send({ method: "POST", headers: { ...json, origin: BASE_URL }, body: input });
  expect(ours.status).toBe(200);
});
