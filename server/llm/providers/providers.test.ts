import { createServer } from "node:http";

import { describe, expect, onTestFinished } from "vitest";
import { z } from "zod";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { createLog } from "#server/lib/log.ts";
import { type FakeModel, startFakeModel } from "#tests/support/fake-model.ts";
import { live, outcomes, QUICK, test as base } from "#tests/support/llm.ts";

import { createLlm, defineDecision, type Llm } from "../index.ts";
import { chooseModels, removeProvider } from "./commands.ts";
import { createGuardedFetch } from "./guarded-fetch.ts";

const KEY = "sk-of-the-space-987654";
const greet = defineDecision({
  useCase: "test.greet",
  version: 3,
  trust: "untrusted",
  output: z.object({ by: z.string() }),
  system: "Greet.",
  prompt: () => "Hello?",
  rules: () => ({ by: "rules" }),
});

type Fixtures = {
  admin: Ctx;
  /** Two endpoints of the space's own. */
  ours: [FakeModel, FakeModel];
  /** An Llm without a model in its environment, that lets spaces reach this machine. */
  own: Llm;
  /** Adds the two as providers. @returns their ids */
  add: () => Promise<[string, string]>;
};

const test = base.extend<Fixtures>({
  admin: async ({ as, make, spaceId }, use) => {
    await use(as((await make.user({ spaceId, role: "admin", name: "Ada" })).actor));
  },
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the wanted fixtures from this pattern
  ours: async ({}, use) => {
    const [one, other] = [await startFakeModel(), await startFakeModel()];
    one.always({ type: "json", value: { by: "one" } });
    other.always({ type: "json", value: { by: "other" } });
    await use([one, other]);
    await Promise.all([one.stop(), other.stop()]);
  },
  own: async ({ llm }, use) => {
    await use(llm({}, { OPENAI_BASE_URL: undefined, OPENAI_API_KEY: undefined, LLM_ALLOW_PRIVATE: true }));
  },
  add: async ({ own, ours, admin, spaceId }, use) => {
    await use(async () => {
      const [one, other] = [ours[0].baseUrl, ours[1].baseUrl];
      const first = { spaceId, name: "One", kind: "compatible" as const, baseUrl: one, key: KEY };
      const second = { spaceId, name: "Other", kind: "ollama" as const, baseUrl: other };
      return [(await own.providers.add(admin, first)).id, (await own.providers.add(admin, second)).id];
    });
  },
});

describe("the models that a space has chosen", () => {
  test("answer for their use, where the environment has none", async ({ own, ours, admin, spaceId, add, db }) => {
    const [one, other] = await add();
    const rules = await own.decide(greet, {}, { spaceId, signal: live() });
    expect(rules).toMatchObject({ generatedBy: "rules", fellBack: false });

    await chooseModels(admin, { spaceId, use: "extraction", choices: [{ providerId: one, model: "big" }] });
    await chooseModels(admin, { spaceId, use: "answers", choices: [{ providerId: other, model: "small" }] });
    const decided = await own.decide(greet, {}, { spaceId, signal: live() });
    expect(decided).toMatchObject({ output: { by: "one" }, generatedBy: "big", providerId: one, promptKey: "3" });
    expect(ours[0].requests[0]).toMatchObject({ model: "big", authorization: `Bearer ${KEY}` });

    const question = { useCase: "assistant.ask", version: 1, system: "Answer.", messages: [], tools: [] };
    expect(await own.step(question, { spaceId, signal: live() })).toMatchObject({ model: "small" });
    expect(await own.providerFor(spaceId, "extraction")).toEqual({
      ...{ name: "compatible", model: "big", label: "big at One", isModel: true, providerId: one },
    });
    expect(await own.providerFor(spaceId, "agent")).toMatchObject({ name: "rules", isModel: false });
    const rows = await db.prisma.llmCall.findMany({ where: { spaceId }, orderBy: { id: "asc" } });
    expect(rows).toMatchObject([
      { provider: "compatible", providerId: one, model: "big", promptKey: "3" },
      { provider: "ollama", providerId: other, model: "small", promptKey: "1" },
    ]);
  });

  test("stand in for each other in their order, and at last the rules for all", async ({
    own,
    ours,
    admin,
    spaceId,
    add,
    calls,
  }) => {
    const [one, other] = await add();
    const choices = [
      { providerId: one, model: "big" },
      { providerId: other, model: "small" },
    ];
    await chooseModels(admin, { spaceId, use: "extraction", choices });
    const ask = () => own.decide(greet, {}, { spaceId, signal: live() });
    expect(await ask()).toMatchObject({ output: { by: "one" } });

    for (const [reply, tries] of [
      [{ type: "status", status: 500 }, 3],
      [{ type: "status", status: 401 }, 1],
      [{ type: "status", status: 404 }, 1],
      [{ type: "status", status: 429, code: "insufficient_quota" }, 1],
      [{ type: "status", status: 429, retryAfterS: 600 }, 1],
    ] as const) {
      const before = ours[0].requests.length;
      ours[0].always(reply);
      expect(await ask()).toMatchObject({ output: { by: "other" }, providerId: other, fellBack: false });
      expect([reply, ours[0].requests.length - before]).toEqual([reply, tries]);
    }
    ours[1].always({ type: "status", status: 503 });
    expect(await ask()).toMatchObject({ generatedBy: "rules", fellBack: true, providerId: null });
    ours[0].always({ type: "status", status: 500 });
    ours[1].always({ type: "status", status: 401 });
    expect(await ask()).toMatchObject({ generatedBy: "rules", fellBack: true });
    // What is wrong with the question is wrong everywhere.
    ours[0].always({ type: "status", status: 400, code: "context_length_exceeded" });
    const before = ours[1].requests.length;
    await expect(ask()).rejects.toMatchObject({ code: "invalid_input" });
    expect(ours[1].requests).toHaveLength(before);
    expect(outcomes(await calls()).slice(0, 5)).toEqual(["ok", "unavailable", "unavailable", "unavailable", "ok"]);
  });

  test("are not asked where one was named, and a provider that is off or gone is not either", async ({
    own,
    ours,
    admin,
    spaceId,
    add,
  }) => {
    const [one, other] = await add();
    await chooseModels(admin, { spaceId, use: "extraction", choices: [{ providerId: one, model: "big" }] });
    const ask = (named: { providerId?: string | null; model?: string }) =>
      own.decide(greet, {}, { spaceId, signal: live(), ...named });
    expect(await ask({ providerId: other, model: "tiny" })).toMatchObject({ generatedBy: "tiny", providerId: other });
    expect(await ask({ model: "big" })).toMatchObject({ providerId: one });
    // The environment, which has none here.
    expect(await ask({ providerId: null })).toMatchObject({ generatedBy: "rules", fellBack: false });
    ours[1].always({ type: "status", status: 401 });
    await expect(ask({ providerId: other, model: "tiny" })).rejects.toThrow("enter the key again in the settings");

    await own.providers.change(admin, { spaceId, providerId: one, isOn: false });
    expect(await ask({})).toMatchObject({ generatedBy: "rules" });
    await expect(ask({ providerId: one, model: "big" })).rejects.toThrow("switched off");
    await removeProvider(admin, { spaceId, providerId: other });
    await expect(ask({ providerId: other, model: "tiny" })).rejects.toThrow("is gone");
  });

  test("leave what was meant for a provider that is off to nobody else", async ({
    llm,
    model,
    ours,
    admin,
    spaceId,
    add,
  }) => {
    const [one] = await add();
    const both = llm({}, { LLM_ALLOW_PRIVATE: true });
    await chooseModels(admin, { spaceId, use: "extraction", choices: [{ providerId: one, model: "big" }] });
    const ask = (named: { model?: string }) => both.decide(greet, {}, { spaceId, signal: live(), ...named });
    expect(await ask({})).toMatchObject({ providerId: one });
    await both.providers.change(admin, { spaceId, providerId: one, isOn: false });
    for (const named of [{}, { model: "big" }]) expect(await ask(named)).toMatchObject({ generatedBy: "rules" });
    expect([model.requests, ours[0].requests.length]).toEqual([[], 1]);
    expect(await both.providerFor(spaceId, "extraction")).toMatchObject({ isModel: false });
  });

  test("cannot be of another space's provider", async ({ own, admin, make, spaceId, add }) => {
    const [one] = await add();
    const { id: foreign } = await make.space();
    const choices = [{ providerId: one, model: "big" }];
    const notFound = { code: "not_found" };
    await expect(chooseModels(admin, { spaceId: foreign, use: "agent", choices })).rejects.toMatchObject(notFound);
    await expect(own.providers.test(admin, { spaceId: foreign, providerId: one })).rejects.toMatchObject(notFound);
    await expect(removeProvider(admin, { spaceId: foreign, providerId: one })).rejects.toMatchObject(notFound);
    const options = { spaceId: foreign, providerId: one, model: "big", signal: live() };
    await expect(own.decide(greet, {}, options)).rejects.toMatchObject({ code: "invalid_input" });
    expect((await own.providers.list(admin, { spaceId })).providers).toHaveLength(2);
  });
});

describe("a key", () => {
  test("is nowhere to be read: not in rows, answers, errors, events or the log", async ({
    own,
    ours,
    admin,
    spaceId,
    add,
    db,
    lines,
  }) => {
    const [one] = await add();
    await chooseModels(admin, { spaceId, use: "extraction", choices: [{ providerId: one, model: "big" }] });
    ours[0].always({ type: "status", status: 401, message: `Wrong key ${KEY}` });
    ours[0].nextAt("models", { type: "status", status: 401, message: `Wrong key ${KEY}` });
    const error = await own.decide(greet, {}, { spaceId, signal: live() }).catch((thrown: unknown) => thrown);
    const tested = await own.providers.test(admin, { spaceId, providerId: one });
    expect(tested).toMatchObject({ ok: false, problem: expect.stringContaining("does not accept the key") });

    const listed = await own.providers.list(admin, { spaceId });
    expect(listed.providers[0]).toMatchObject({ name: "One", hasKey: true, updatedBy: "Ada", problem: tested.problem });
    const { rows } = await db.pool.query<{ row: string }>(
      "select to_jsonb(p)::text || encode(sealed_key, 'escape') as row from llm_providers p where space_id = $1 and sealed_key is not null",
      [spaceId],
    );
    const events = await eventsSince(db, { spaceId, after: 0 });
    const all = [JSON.stringify([listed, events, tested, error, String(error), rows]), ...lines].join("\n");
    expect(rows).toHaveLength(1);
    expect(all).not.toContain("sk-of-the-space");
    expect(all).not.toContain(Buffer.from(KEY).toString("hex"));
  });

  test("stays where it is not named, goes where it is null, and is not sent to another host", async ({
    own,
    ours,
    admin,
    spaceId,
    add,
  }) => {
    const [one] = await add();
    await chooseModels(admin, { spaceId, use: "extraction", choices: [{ providerId: one, model: "big" }] });
    const sent = async () => {
      await own.decide(greet, {}, { spaceId, signal: live() });
      return ours.flatMap(({ requests }) => requests).at(-1)?.authorization;
    };
    await own.providers.change(admin, { spaceId, providerId: one, name: "Uno" });
    expect(await sent()).toBe(`Bearer ${KEY}`);

    const elsewhere = { spaceId, providerId: one, baseUrl: ours[1].baseUrl };
    await expect(own.providers.change(admin, elsewhere)).rejects.toThrow("Enter the key for the new address too");
    expect(await sent()).toBe(`Bearer ${KEY}`);
    await own.providers.change(admin, { ...elsewhere, key: null });
    expect((await own.providers.list(admin, { spaceId })).providers[0]).toMatchObject({ name: "Uno", hasKey: false });
    expect(await sent()).toBe("Bearer none");
  });

  test("that was sealed with another secret is asked for anew", async ({ own, admin, spaceId, add, db }) => {
    const [one] = await add();
    await chooseModels(admin, { spaceId, use: "extraction", choices: [{ providerId: one, model: "big" }] });
    const env = { LLM_MODEL: "gpt-4.1-mini", LLM_ALLOW_PRIVATE: true };
    const log = createLog({ level: "silent" });
    const other = createLlm({ env, db, log, now: () => new Date(), secret: "another", timing: QUICK });
    await expect(other.decide(greet, {}, { spaceId, signal: live() })).rejects.toThrow("enter the key again");
    expect(await other.providers.test(admin, { spaceId, providerId: one })).toMatchObject({ ok: false });
    expect(await own.decide(greet, {}, { spaceId, signal: live() })).toMatchObject({ output: { by: "one" } });
  });
});

describe("an address", () => {
  const refused: Array<[baseUrl: string, words: string]> = [
    ["http://127.0.0.1:11434/v1", "private network"],
    ["http://localhost:11434/v1", "private network"],
    ["http://169.254.169.254/v1", "private network"],
    ["http://[fd00::1]/v1", "private network"],
    ["http://inside.example/v1", "private network"],
    ["http://mixed.example/v1", "private network"],
    ["ftp://models.example/v1", "http://"],
    ["file:///etc/passwd", "http://"],
    ["https://me:secret@models.example/v1", "user name or a password"],
    ["https://models.example/v1?key=secret", "ends with its path"],
    ["https://nowhere.example/v1", "no host"],
    ["models.example", "http://"],
  ];
  test.for(refused)("%s is refused", async ([baseUrl, words], { admin, spaceId, db }) => {
    const llm = guarded(db, async (name) => HOSTS[name] ?? []);
    const adding = llm.providers.add(admin, { spaceId, name: "X", kind: "compatible", baseUrl });
    await expect(adding).rejects.toMatchObject({ code: "invalid_input", message: expect.stringContaining(words) });
    expect((await llm.providers.list(admin, { spaceId })).providers).toEqual([]);
  });

  test("that was public when it was kept, and is private when it is opened, is not opened", async ({
    ours,
    admin,
    spaceId,
    db,
  }) => {
    let leadsTo = ["93.184.216.34"];
    const llm = guarded(db, async () => leadsTo);
    const { port } = new URL(ours[0].baseUrl);
    const baseUrl = `http://models.example:${port}/v1/`;
    const { id } = await llm.providers.add(admin, { spaceId, name: "X", kind: "compatible", baseUrl, key: KEY });
    leadsTo = ["127.0.0.1"];
    const failing = llm.decide(greet, {}, { spaceId, signal: live(), providerId: id, model: "big" });
    await expect(failing).rejects.toThrow("leads into a private network");
    expect(await llm.providers.test(admin, { spaceId, providerId: id })).toMatchObject({
      ok: false,
      problem: expect.stringContaining("LLM_ALLOW_PRIVATE"),
    });
    expect([...ours[0].requests, ours[0].listed()]).toEqual([0]);
    expect((await llm.providers.list(admin, { spaceId })).providers[0]?.baseUrl).toBe(
      `http://models.example:${port}/v1`,
    );
  });

  test("is connected to as it was checked, and no redirect is followed", async ({ ours }) => {
    const { port } = new URL(ours[0].baseUrl);
    const answers = [["127.0.0.1"], ["10.0.0.1"]];
    const fetch = createGuardedFetch({ allowPrivate: true, resolve: async () => answers.shift() ?? [] });
    // The system knows no such name: what was reached was reached by the address that was given.
    expect((await fetch(`http://rebinding.example:${port}/v1/models`)).status).toBe(200);
    expect(answers).toEqual([["10.0.0.1"]]);

    const server = createServer((_request, response) => response.writeHead(302, { location: ours[0].baseUrl }).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const at = typeof address === "object" ? address?.port : undefined;
    expect((await createGuardedFetch({ allowPrivate: true })(`http://127.0.0.1:${at}/`)).status).toBe(302);
  });
});

test.each([
  ["goes on in another protocol", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n"],
  ["answers with a status that there is not", "HTTP/1.1 700 What\r\ncontent-length: 0\r\n\r\n"],
])("an endpoint that %s is not waited for", async (_what, answer) => {
  const server = createServer((_request, response) => void response.socket?.write(answer));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const at = typeof address === "object" ? address?.port : undefined;
  await expect(createGuardedFetch({ allowPrivate: true })(`http://127.0.0.1:${at}/`)).rejects.toThrow("The endpoint");
});

describe("a test of a provider", () => {
  test("lists its models, asks the chosen one for a word, and is kept", async ({
    own,
    ours,
    admin,
    spaceId,
    add,
    calls,
  }) => {
    const [one] = await add();
    ours[0].offer({ models: ["big", "small", "<b>"] });
    const test1 = await own.providers.test(admin, { spaceId, providerId: one });
    expect(test1).toEqual({ ok: true, problem: null, models: ["big", "small"] });
    expect(ours[0].requests).toHaveLength(0);

    await chooseModels(admin, { spaceId, use: "notes", choices: [{ providerId: one, model: "gone" }] });
    ours[0].next({ type: "status", status: 404, code: "model_not_found" });
    const test2 = await own.providers.test(admin, { spaceId, providerId: one });
    expect(test2).toMatchObject({ ok: false, problem: expect.stringContaining("gone at One is not to be found") });
    const { providers } = await own.providers.list(admin, { spaceId });
    expect(providers[0]).toMatchObject({ problem: test2.problem, testedAt: expect.any(Date) });
    expect(await own.providers.test(admin, { spaceId, providerId: one })).toMatchObject({ ok: true });
    expect(await calls()).toMatchObject([{ useCase: "llm.test", outcome: "refused" }, { outcome: "ok" }]);
    expect(await own.providers.available(admin, { spaceId, providerId: one })).toEqual(["big", "small"]);

    ours[0].nextAt("models", { type: "status", status: 503 });
    await expect(own.providers.available(admin, { spaceId, providerId: one })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/^One does not answer/u),
    });
  });

  test("of one without a list needs a model", async ({ own, ours, admin, spaceId, add }) => {
    const [one] = await add();
    ours[0].nextAt("models", { type: "status", status: 404 }, { type: "status", status: 404 });
    expect((await own.providers.test(admin, { spaceId, providerId: one })).problem).toContain("lists no models");
    await chooseModels(admin, { spaceId, use: "notes", choices: [{ providerId: one, model: "big" }] });
    expect(await own.providers.test(admin, { spaceId, providerId: one })).toMatchObject({ ok: true, models: [] });
  });
});

const HOSTS: Record<string, string[]> = {
  localhost: ["127.0.0.1"],
  "inside.example": ["10.1.2.3"],
  "mixed.example": ["93.184.216.34", "192.168.0.4"],
  "models.example": ["93.184.216.34"],
};

/** An Llm as a server is by itself: spaces reach the public internet alone. */
function guarded(db: Ctx["db"], resolve: (name: string) => Promise<string[]>): Llm {
  const env = { LLM_MODEL: "gpt-4.1-mini" };
  const log = createLog({ level: "silent" });
  return createLlm({ env, db, log, now: () => new Date(), secret: "of-tests", timing: QUICK, resolve });
}
