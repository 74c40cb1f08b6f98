import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { createAuth } from "#server/auth/index.ts";
import { closeDb, type Db, openDb } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";
import { approve } from "#server/proposals/decide.ts";
import { openBrowser } from "#tests/support/browser.ts";
import { makers } from "#tests/support/make.ts";
import { AUTH_SECRET, startGround } from "#tests/support/processes.ts";

// Guarantee: what two people changed at once reaches a person on the Sync page, and what that person chooses reaches the remote, with
// nothing of either lost; a note's history leads back to the decision that it came from.

const WAIT_MS = 45_000;
const TITLES = ["Pump 3 leaks at the seal", "Fuel is ordered on Mondays"] as const;
let root: string;
let remote: string;
let clone: string;
let ground: Awaited<ReturnType<typeof startGround>>;
let db: Db;
let browser: Browser;
let url: string;
let spaceId: string;

/** git as Ilse calls it in her clone. */
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=Ilse Brandt", "-c", "user.email=ilse@example.org", ...args], {
    cwd: clone,
    encoding: "utf8",
  }).trim();
const inRemote = (...args: string[]) => execFileSync("git", args, { cwd: remote, encoding: "utf8" }).trim();

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "winnow-e2e-"));
  [remote, clone] = [join(root, "team.git"), join(root, "ilse")];
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", remote]);
  ground = await startGround({ KB_GIT_REMOTE: remote });
  db = openDb(ground.databaseUrl);
  const make = makers(db);
  ({ id: spaceId } = await make.space({ name: "Harbour team", slug: "harbour" }));
  const [web] = await Promise.all([ground.startWeb(), ground.startWorker()]);
  url = web.url;
  browser = await openBrowser();

  const { actor } = await make.user({ spaceId, name: "Nora Field" });
  const run = await make.run({ spaceId });
  for (const title of TITLES) {
    const { id: proposalId, version } = await make.proposal({
      runId: run.id,
      title,
      body: `${title}. It was said in the morning round.`,
      details: { noteType: "Note", topic: "Quay" },
    });
    const ctx = { actor, db, log: createLog({ level: "silent" }), now: () => new Date() };
    await approve(ctx, { spaceId, proposalId, version });
  }
  await vi.waitFor(async () => {
    expect(await db.prisma.kbOperation.count({ where: { status: "pushed", kind: "create" } })).toBe(TITLES.length);
  }, WAIT_MS);
  execFileSync("git", ["clone", "-q", remote, clone]);
});

afterAll(async () => {
  await browser?.close();
  await closeDb(db);
  await ground?.stop();
  rmSync(root, { recursive: true, force: true });
});

async function signIn(
  name: string,
  role: "viewer" | "reviewer" | "admin",
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const user = await makers(db).user({ spaceId, role, name });
  const auth = createAuth({ db, log: createLog({ level: "silent" }), secret: AUTH_SECRET, baseUrl: url });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  await page.goto(await auth.createSignInLink({ email: user.email }));
  return { context, page };
}

const noteOf = (title: string) => db.prisma.note.findFirstOrThrow({ where: { spaceId, title } });
const at = (path: string) => `${url}/s/harbour/knowledge/${path}`;
const live = (page: Page) => page.getByText("Live", { exact: true }).waitFor({ timeout: WAIT_MS });

describe("a note that two people change at once", () => {
  let vera: { context: BrowserContext; page: Page };
  let watcher: { context: BrowserContext; page: Page };

  beforeAll(async () => {
    vera = await signIn("Vera Lind", "reviewer");
    watcher = await signIn("Otto Berg", "viewer");
  });
  afterAll(async () => {
    await vera.context.close();
    await watcher.context.close();
  });

  test("keeps the text of whoever was slower, and tells both at once where it is", async () => {
    const note = await noteOf(TITLES[0]);
    await watcher.page.goto(at("sync"));
    await live(watcher.page);
    await vera.page.goto(at(`${note.id}?view=edit`));
    const text = vera.page.getByLabel("As it is written");
    await text.fill((await text.inputValue()).replace("in the morning round", "by Vera in the evening"));
    // A reload loses nothing of it.
    await vera.page.reload();
    await vera.page.getByText("Your unsaved text from before is back").waitFor({ timeout: WAIT_MS });
    expect(await text.inputValue()).toContain("by Vera in the evening");

    const file = join(clone, note.path);
    writeFileSync(file, readFileSync(file, "utf8").replace("in the morning round", "by Ilse at noon"));
    git("commit", "-qam", "Pump 3: said at noon");
    git("push", "-q");
    await text.press("Control+Enter");
    await vera.page.getByText(/Someone was quicker/).waitFor({ timeout: WAIT_MS });

    await watcher.page.getByText("1 open", { exact: true }).waitFor({ timeout: WAIT_MS });
    await watcher.page
      .getByRole("link", { name: new RegExp(`Edit “${TITLES[0]}”.*open`) })
      .first()
      .click();
    await watcher.page.getByText("You are a viewer here.").waitFor({ timeout: WAIT_MS });
    await live(watcher.page);
  });

  test("is decided with the keyboard, and the commit in the remote names both", async () => {
    await vera.page.getByRole("link", { name: "Look at both" }).click();
    await vera.page.getByText("What is to stand there?").waitFor({ timeout: WAIT_MS });
    await vera.page.keyboard.press("2");
    expect(await vera.page.getByRole("radio", { name: "Theirs" }).isChecked()).toBe(true);
    await vera.page.keyboard.press("4");
    const text = vera.page.getByLabel("What is to stand there", { exact: true });
    await text.fill((await text.inputValue()).replaceAll("by Ilse at noon", "at noon, and again in the evening"));
    await text.press("Control+Enter");
    for (const { page } of [vera, watcher])
      await page.getByText(/Committed as [0-9a-f]{8} and pushed/).waitFor({ timeout: WAIT_MS });
    await vera.page.getByText(/^You decided it/).waitFor({ timeout: WAIT_MS });
    await watcher.page.getByText(/^Vera Lind decided it/).waitFor({ timeout: WAIT_MS });

    expect(inRemote("log", "-1", "--format=%an", "main")).toBe("Vera Lind");
    const message = inRemote("log", "-1", "--format=%B", "main");
    expect(message).toContain("Co-authored-by: Ilse Brandt <ilse@example.org>");
    expect(message).toMatch(/Reviewed-by: Vera Lind/);
    const { path } = await noteOf(TITLES[0]);
    expect(inRemote("show", `main:${path}`)).toContain("at noon, and again in the evening");
  });

  test("shows who wrote what, down to the chat", async () => {
    const { id } = await noteOf(TITLES[0]);
    await vera.page.goto(at(id));
    await vera.page.getByRole("tab", { name: "Text" }).waitFor({ timeout: WAIT_MS });
    await vera.page.keyboard.press("h");
    await vera.page.getByRole("button", { name: /Resolve: Edit/ }).waitFor({ timeout: WAIT_MS });
    expect(new URL(vera.page.url()).searchParams.get("view")).toBe("history");
    await vera.page.keyboard.press("j");
    await vera.page.locator("ins", { hasText: "evening" }).first().waitFor({ timeout: WAIT_MS });
    await vera.page.keyboard.press("b");
    await vera.page
      .getByRole("list", { name: "Said in the chat" })
      .first()
      .getByRole("link", { name: "See it in Messages" })
      .waitFor({ timeout: WAIT_MS });
  });
});

// Before the conflict of the next test is gone: everything has something to show.
describe("axe finds nothing serious", () => {
  let conflictId: string;

  beforeAll(async () => {
    const note = await noteOf(TITLES[0]);
    git("pull", "-q");
    const [base, content] = [git("rev-parse", "HEAD"), readFileSync(join(clone, note.path), "utf8")];
    writeFileSync(join(clone, note.path), content.replace("at noon", "at one"));
    git("commit", "-qam", "Pump 3: said at one");
    git("push", "-q");
    const { context, page } = await signIn("Mette Krog", "reviewer");
    const answer = await page.request.post(`${url}/api/trpc/knowledge.edit`, {
      headers: { origin: url },
      data: { json: { spaceId, noteId: note.id, base, content: content.replace("at noon", "at two") } },
    });
    expect(answer.status()).toBe(200);
    await context.close();
    await vi.waitFor(async () => {
      ({ id: conflictId } = await db.prisma.kbConflict.findFirstOrThrow({ where: { status: "open" } }));
    }, WAIT_MS);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 390]) {
      test(`${colorScheme}, ${width} px wide`, async () => {
        const { page, context } = await signIn(`Axel ${colorScheme} ${width}`, "admin", {
          colorScheme,
          viewport: { width, height: 900 },
        });
        const note = await noteOf(TITLES[0]);
        const resolved = await db.prisma.kbConflict.findFirstOrThrow({ where: { status: "resolved" } });
        const paths = [
          "sync",
          "sync?show=conflicted",
          `conflicts/${conflictId}`,
          `conflicts/${resolved.id}`,
          `${note.id}?view=history&commit=${note.commitHash}`,
          `${note.id}?view=blame`,
          `${note.id}?view=edit`,
        ];
        for (const path of paths) {
          await page.goto(at(path));
          await page.getByRole("main").waitFor({ timeout: WAIT_MS });
          await page.waitForLoadState("networkidle");
          if (path === `conflicts/${conflictId}`) {
            await page.keyboard.press("4");
            await page.getByLabel("What is to stand there", { exact: true }).waitFor({ timeout: WAIT_MS });
          }
          const { violations } = await new AxeBuilder({ page }).analyze();
          const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
          expect([
            path,
            serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`),
          ]).toEqual([path, []]);
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect([path, overflow]).toEqual([path, 0]);
        }
        await context.close();
      });
    }
  }
});

test("a note that is reverted from its history puts its proposal back into Review", async () => {
  const { page, context } = await signIn("Ida Holm", "reviewer");
  const note = await noteOf(TITLES[1]);
  await page.goto(at(`${note.id}?view=history`));
  await page.getByRole("button", { name: /Add note/ }).click();
  await page.getByRole("button", { name: "Revert", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`“${TITLES[1]}” waits in Review again`).waitFor({ timeout: WAIT_MS });
  await dialog.getByRole("button", { name: "Revert", exact: true }).click();
  await page.getByText("This note is gone").waitFor({ timeout: WAIT_MS });
  const proposal = await db.prisma.proposal.findFirstOrThrow({ where: { title: TITLES[1] } });
  expect(proposal.status).toBe("pending");
  await page.goto(`${url}/s/harbour/review`);
  await page.getByRole("link", { name: TITLES[1] }).first().waitFor({ timeout: WAIT_MS });
  await expect
    .poll(() => inRemote("ls-tree", "-r", "--name-only", "main"), { timeout: WAIT_MS })
    .not.toContain(note.path);
  await context.close();
});

test("a sync that a person asks for takes in what others pushed", async () => {
  const { page, context } = await signIn("Mads Holt", "reviewer");
  await page.goto(at("sync"));
  await live(page);
  git("pull", "-q", "--rebase");
  writeFileSync(join(clone, "notes.md"), "---\ntype: Note\ntitle: Rota\n---\n\nThe rota hangs in the shed.\n");
  git("add", ".");
  git("commit", "-qm", "Add the rota");
  git("push", "-q");
  await page.getByRole("button", { name: "Sync now" }).click();
  await page.getByText("Synced", { exact: true }).waitFor({ timeout: WAIT_MS });
  // A sync of the timer may have been under way, and have looked before the push: the one that was asked for follows it.
  await vi.waitFor(async () => expect((await noteOf("Rota")).path).toBe("notes.md"), WAIT_MS);
  await page.keyboard.press("g");
  await page.keyboard.press("k");
  await page.getByRole("link", { name: "Rota" }).waitFor({ timeout: WAIT_MS });
  await context.close();
});
