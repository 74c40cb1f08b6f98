import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createAuth } from "#server/auth/index.ts";
import { closeDb, type Db, openDb } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";
import { webhookSecret } from "#server/telegram/index.ts";
import { openBrowser } from "#tests/support/browser.ts";
import { type FakeModel, startFakeModel } from "#tests/support/fake-model.ts";
import { makers } from "#tests/support/make.ts";
import { AUTH_SECRET, startGround } from "#tests/support/processes.ts";
import { messageUpdate } from "#tests/support/telegram-updates/updates.ts";

// Guarantee: what one person sees happen, the other sees too, without a reload: from the message to the commit.

const WAIT_MS = 45_000;
let ground: Awaited<ReturnType<typeof startGround>>;
let model: FakeModel;
let db: Db;
let browser: Browser;
let url: string;
let spaceId: string;

beforeAll(async () => {
  model = await startFakeModel({ latencyMs: 700 });
  model.always((request) => ({
    type: "json",
    value: {
      proposals: request.messages
        .filter((message) => message.text.includes("please"))
        .map((message) => ({
          ...{ kind: "task", title: `Renew the permit of pier ${message.text.match(/\d+/)?.[0]}`, noteType: "Task" },
          ...{
            body: "The harbour permit runs out.",
            topic: "Permits",
            tags: ["permit"],
            intent: "request",
            priority: null,
          },
          ...{ category: null, assigneeName: null, due: null, confidence: 0.9, why: "Somebody asks for it." },
          quotes: [{ message: message.label, text: message.text }],
        })),
    },
  }));
  ground = await startGround({ OPENAI_BASE_URL: model.baseUrl, LLM_MODEL: "fake-1" });
  db = openDb(ground.databaseUrl);
  ({ id: spaceId } = await makers(db).space({ name: "Harbour team", slug: "harbour" }));
  const [web] = await Promise.all([ground.startWeb(), ground.startWorker()]);
  url = web.url;
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await closeDb(db);
  await ground?.stop();
  await model?.stop();
});

async function signIn(
  name: string,
  role: "viewer" | "reviewer" | "admin",
  options: Parameters<Browser["newContext"]>[0] = {},
) {
  const user = await makers(db).user({ spaceId, role, name });
  const auth = createAuth({ db, log: createLog({ level: "silent" }), secret: AUTH_SECRET, baseUrl: url });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  await page.goto(await auth.createSignInLink({ email: user.email }));
  return { context, page };
}

async function say(text: string, minutesAgo: number) {
  const date = Math.floor(Date.now() / 1000) - minutesAgo * 60;
  const answer = await fetch(`${url}/api/telegram/webhook`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-telegram-bot-api-secret-token": webhookSecret({ TELEGRAM_WEBHOOK_SECRET: undefined }, AUTH_SECRET),
    },
    body: JSON.stringify(messageUpdate({ text, date })),
  });
  expect(answer.status).toBe(200);
}

/** Problems that axe calls serious or critical, in words. */
async function seriousProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

/** The rows of the queue that are about permits; what is like the open one is listed beside it as well. */
const inQueue = (page: Page) =>
  page.getByRole("region", { name: "Queue" }).getByRole("link", { name: /Renew the permit of pier/ });

describe("two people at once", () => {
  let vera: { context: BrowserContext; page: Page };
  let ilse: { context: BrowserContext; page: Page };

  beforeAll(async () => {
    vera = await signIn("Vera Lind", "reviewer");
    ilse = await signIn("Ilse Brandt", "admin");
  });

  test("a webhook message appears in both, without a reload", async () => {
    await Promise.all([vera.page.goto(`${url}/s/harbour/messages`), ilse.page.goto(`${url}/s/harbour/messages`)]);
    for (const { page } of [vera, ilse]) await page.getByText("Live", { exact: true }).waitFor({ timeout: WAIT_MS });
    await say("Ivo, please renew the permit of pier 1.", 100);
    for (const { page } of [vera, ilse])
      await expect.poll(() => page.getByText("renew the permit of pier 1.").count(), { timeout: WAIT_MS }).toBe(1);
  });

  test("a run started in one moves in the other", async () => {
    for (let pier = 2; pier <= 8; pier += 1)
      await say(`Ivo, please renew the permit of pier ${pier}.`, 100 - pier * 12);
    await Promise.all([vera.page.goto(`${url}/s/harbour/runs`), ilse.page.goto(`${url}/s/harbour/runs`)]);
    await ilse.page.getByText("Live", { exact: true }).waitFor({ timeout: WAIT_MS });
    await vera.page
      .getByRole("button", { name: /new run/i })
      .first()
      .click();
    await vera.page
      .getByRole("button", { name: /^(create and start|create|start)/i })
      .last()
      .click();
    const start = vera.page.getByRole("button", { name: /^start/i }).first();
    const bar = ilse.page.getByRole("progressbar").first();
    await Promise.race([
      start.waitFor({ timeout: WAIT_MS }).then(() => start.click()),
      bar.waitFor({ timeout: WAIT_MS }),
    ]);
    await bar.waitFor({ timeout: WAIT_MS });
    const seen = new Set<string>();
    await expect
      .poll(
        async () => {
          seen.add((await bar.getAttribute("aria-valuenow", { timeout: 500 }).catch(() => null)) ?? "gone");
          return (await db.prisma.run.findFirstOrThrow()).status;
        },
        { timeout: WAIT_MS, interval: 100 },
      )
      .toBe("completed");
    expect([...seen].filter((value) => value !== "gone").length).toBeGreaterThan(1);
  });

  test("a proposal approved by keyboard leaves both queues, and its note shows the commit in both", async () => {
    await Promise.all([vera.page.goto(`${url}/s/harbour/review`), ilse.page.goto(`${url}/s/harbour/review`)]);
    for (const { page } of [vera, ilse]) await expect.poll(() => inQueue(page).count(), { timeout: WAIT_MS }).toBe(8);
    const title = (
      await db.prisma.proposal.findFirstOrThrow({
        where: { status: "pending" },
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      })
    ).title;
    await vera.page.keyboard.press("a");
    for (const { page } of [vera, ilse]) await expect.poll(() => inQueue(page).count(), { timeout: WAIT_MS }).toBe(7);

    await expect.poll(() => db.prisma.note.count(), { timeout: WAIT_MS }).toBe(1);
    const note = await db.prisma.note.findFirstOrThrow();
    expect(note.title).toBe(title);
    for (const { page } of [vera, ilse]) {
      await page.goto(`${url}/s/harbour/knowledge`);
      await page.getByRole("link", { name: title }).first().click();
      await page.getByText(note.commitHash.slice(0, 7)).first().waitFor({ timeout: WAIT_MS });
    }
  });

  test("j, r with a reason, and z decide and take back without a mouse", async () => {
    await vera.page.goto(`${url}/s/harbour/review`);
    await expect.poll(() => inQueue(vera.page).count(), { timeout: WAIT_MS }).toBe(7);
    await vera.page.keyboard.press("j");
    await vera.page.keyboard.press("r");
    await vera.page.keyboard.press("2");
    const rejected = () => db.prisma.proposal.findMany({ where: { status: "rejected" } });
    await expect
      .poll(async () => (await rejected()).map((row) => row.decisionCode), { timeout: WAIT_MS })
      .toEqual(["duplicate"]);
    // The toast says that the decision has arrived, and that it can be taken back.
    await vera.page.getByRole("button", { name: /undo/i }).first().waitFor({ timeout: WAIT_MS });
    await vera.page.keyboard.press("z");
    await expect.poll(async () => (await rejected()).length, { timeout: WAIT_MS }).toBe(0);
  });

  test("a page that was offline shows what it missed when it is back", async () => {
    await ilse.page.goto(`${url}/s/harbour/messages`);
    await ilse.page.getByText("Live", { exact: true }).waitFor({ timeout: WAIT_MS });
    await ilse.context.setOffline(true);
    await say("This was said while nobody listened.", 1);
    await ilse.context.setOffline(false);
    const missed = ilse.page.getByText("This was said while nobody listened.");
    await expect.poll(() => missed.count(), { timeout: WAIT_MS }).toBe(1);
  });
});

test("the key ? shows every key, and m merges without a mouse", async () => {
  const { page, context } = await signIn("Mette Krog", "reviewer");
  await page.goto(`${url}/s/harbour/review`);
  const rows = inQueue(page);
  await expect.poll(() => rows.count(), { timeout: WAIT_MS }).toBe(7);
  await page.keyboard.press("Shift+?");
  await page.getByRole("dialog").getByText("Merge into another").waitFor({ timeout: WAIT_MS });
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  await page.getByRole("dialog").getByText("What comes out").waitFor({ timeout: WAIT_MS });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect.poll(() => rows.count(), { timeout: WAIT_MS }).toBe(6);
  await page.getByRole("button", { name: /undo/i }).first().waitFor({ timeout: WAIT_MS });
  await page.keyboard.press("z");
  await expect.poll(() => rows.count(), { timeout: WAIT_MS }).toBe(7);
  await context.close();
});

describe("a viewer", () => {
  test("sees the queue and cannot decide", async () => {
    const { page, context } = await signIn("Otto Viewer", "viewer");
    await page.goto(`${url}/s/harbour/review`);
    await inQueue(page).first().waitFor({ timeout: WAIT_MS });
    const before = await db.prisma.proposal.count({ where: { status: "pending" } });
    await page.keyboard.press("a");
    await page.getByText("You are a viewer here.").waitFor({ timeout: WAIT_MS });
    expect(await page.getByRole("button", { name: "Approve", exact: true }).count()).toBe(0);
    expect(await db.prisma.proposal.count({ where: { status: "pending" } })).toBe(before);
    await context.close();
  });
});

describe("axe finds nothing serious", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 390]) {
      test(`${colorScheme}, ${width} px wide`, async () => {
        const { page, context } = await signIn(`Axel ${colorScheme} ${width}`, "admin", {
          colorScheme,
          viewport: { width, height: 900 },
        });
        const run = await db.prisma.run.findFirstOrThrow();
        const note = await db.prisma.note.findFirstOrThrow();
        const settings = ["settings", "settings/models", "settings/prompts", "settings/project"];
        const paths = [
          "review",
          "runs",
          `runs/${run.id}`,
          "messages",
          "knowledge",
          `knowledge/${note.id}`,
          ...settings,
        ];
        for (const path of paths) {
          await page.goto(`${url}/s/harbour/${path}`);
          await page.getByRole("main").waitFor({ timeout: WAIT_MS });
          await page.waitForLoadState("networkidle");
          expect([path, await seriousProblems(page)]).toEqual([path, []]);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect([path, overflow]).toEqual([path, 0]);
        }
        await context.clearCookies();
        for (const path of ["/sign-in", "/setup?token=none"]) {
          await page.goto(`${url}${path}`);
          expect([path, await seriousProblems(page)]).toEqual([path, []]);
        }
        await context.close();
      });
    }
  }
});
