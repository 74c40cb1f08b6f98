import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { createAuth } from "#server/auth/index.ts";
import { closeDb, type Db, openDb } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";
import { openBrowser } from "#tests/support/browser.ts";
import { type FakeModel, startFakeModel } from "#tests/support/fake-model.ts";
import { call, done, plan } from "#tests/support/model-script.ts";
import { makers } from "#tests/support/make.ts";
import { AUTH_SECRET, startGround } from "#tests/support/processes.ts";

// The chat of the dashboard, by keyboard, through real processes and a real browser: a note, an answer with its source, a task with its
// changes and its undo. The same commands as in Telegram do it.

const WAIT_MS = 45_000;
let ground: Awaited<ReturnType<typeof startGround>>;
let model: FakeModel;
let db: Db;
let browser: Browser;
let url: string;
let spaceId: string;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  model = await startFakeModel();
  ground = await startGround({ OPENAI_BASE_URL: model.baseUrl, LLM_MODEL: "test-model" });
  db = openDb(ground.databaseUrl);
  const make = makers(db);
  ({ id: spaceId } = await make.space({ name: "Harbour team", slug: "harbour" }));
  const [web] = await Promise.all([ground.startWeb(), ground.startWorker()]);
  url = web.url;
  await db.prisma.setting.create({
    data: { spaceId, key: "messages.groupWindowS", value: 1, updatedBy: {}, updatedAt: new Date() },
  });
  browser = await openBrowser();
  const user = await make.user({ spaceId, role: "reviewer", name: "Vera Lind" });
  const auth = createAuth({ db, log: createLog({ level: "silent" }), secret: AUTH_SECRET, baseUrl: url });
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.goto(await auth.createSignInLink({ email: user.email }));
  await page.goto(`${url}/s/harbour/chat`);
  await page.getByText("Live", { exact: true }).waitFor({ timeout: WAIT_MS });
});

afterAll(async () => {
  await browser?.close();
  await closeDb(db);
  await ground?.stop();
  await model?.stop();
});

const write = async (text: string) => {
  await page.getByRole("textbox", { name: /message/i }).fill(text);
  await page.keyboard.press("Enter");
};
/** What Winnow said, the newest last. */
const said = (words: string | RegExp) => page.getByRole("log").getByText(words).last();

describe("the chat of the dashboard", () => {
  test("writes a note, and says where it is", async () => {
    model.next({
      type: "json",
      value: {
        type: "Decision",
        title: "Permit in April",
        summary: "The harbour permit is renewed in April.",
        body: "The harbour permit is renewed in April by Ivo. [^m1]",
        topic: "Harbour",
        tags: ["permit"],
      },
    });
    await write("We renew the harbour permit in April, Ivo does it.");
    await said("Note written: Permit in April").waitFor({ timeout: WAIT_MS });
    const note = await db.prisma.note.findFirstOrThrow({ where: { spaceId } });
    expect(note).toMatchObject({ type: "Decision", title: "Permit in April", topic: "Harbour" });
    expect(note.body).toContain("We renew the harbour permit in April");
  });

  test("answers a question from the notes, with a source that opens the note", async () => {
    model.next({ type: "stream", chunks: ["Ivo renews ", "it in April [1]."], pauseMs: 200 });
    await write("/ask Who renews the harbour permit?");
    await said(/Ivo renews it in April/).waitFor({ timeout: WAIT_MS });
    await page
      .getByRole("log")
      .getByRole("link", { name: /Permit in April/ })
      .last()
      .click();
    await page.getByRole("heading", { name: "Permit in April", level: 1 }).waitFor({ timeout: WAIT_MS });
    await page.goto(`${url}/s/harbour/chat`);
    await said(/Ivo renews it in April/).waitFor({ timeout: WAIT_MS });
  });

  test("does a task, shows what it changed, and takes it back", async () => {
    const { path } = await db.prisma.note.findFirstOrThrow({ where: { spaceId } });
    model.next(
      plan("Read the note", "Correct the month"),
      call("read_note", { path }),
      call("edit_note", { path, passage: "renewed in April by Ivo", text: "renewed in May by Ivo" }),
      done("The permit is renewed in May now."),
    );
    await write("/agent The permit is renewed in May, correct it");
    await said("The permit is renewed in May now.").waitFor({ timeout: WAIT_MS });
    await page.getByRole("link", { name: "See the changes" }).click();
    await page.getByText(path).first().waitFor({ timeout: WAIT_MS });
    await page.locator("ins", { hasText: "May" }).first().waitFor({ timeout: WAIT_MS });
    await page.goBack();
    await page.getByRole("log").getByRole("button", { name: "Undo" }).last().click();
    await said("Task taken back").waitFor({ timeout: WAIT_MS });
    await vi.waitFor(async () => {
      const note = await db.prisma.note.findFirstOrThrow({ where: { spaceId } });
      expect(note.body).toContain("renewed in April by Ivo");
    }, WAIT_MS);
  });

  test("takes a file, keeps a draft over a reload, and is fit for everyone", async () => {
    model.always(() => ({
      type: "json",
      value: { type: "Note", title: "Prices", summary: "Prices.", body: "Prices.", topic: null, tags: [] },
    }));
    await page.locator('input[type="file"]').setInputFiles({
      name: "prices.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("Ticket;Price\nAdult;12\n"),
    });
    await write("/note Prices for the summer");
    await said("Note written: Prices").waitFor({ timeout: WAIT_MS });
    expect((await db.prisma.note.findFirstOrThrow({ where: { spaceId, title: "Prices" } })).body).toContain("Adult;12");

    const { id: noteId } = await db.prisma.note.findFirstOrThrow({ where: { spaceId, title: "Prices" } });
    await page.goto(`${url}/s/harbour/knowledge/${noteId}`);
    const file = await page
      .getByRole("link", { name: "prices.csv" })
      .first()
      .getAttribute("href", { timeout: WAIT_MS });
    expect(await (await page.request.get(`${url}${file}`)).text()).toBe("Ticket;Price\nAdult;12\n");
    await page.goto(`${url}/s/harbour/chat`);
    await page.getByText("Live", { exact: true }).waitFor({ timeout: WAIT_MS });

    await page.getByRole("textbox", { name: /message/i }).fill("half a thought");
    await page.reload();
    await expect
      .poll(() => page.getByRole("textbox", { name: /message/i }).inputValue(), { timeout: WAIT_MS })
      .toBe("half a thought");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    }
    expect(problems).toEqual([]);
  });
});
