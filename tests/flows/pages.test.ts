import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeAll, describe, expect } from "vitest";

import { createAuth, ensureFirstAdminToken } from "#server/auth/index.ts";
import { Role } from "#server/auth/schema.ts";
import { openHome } from "#server/lib/home.ts";
import { createLog } from "#server/lib/log.ts";
import { build, isBuilt } from "#server/start/build.ts";
import { ADDRESSES } from "#tests/support/addresses.ts";
import { fillSpace, SECRET_WORD } from "#tests/support/full-space.ts";
import { AUTH_SECRET, freePort, startProgram } from "#tests/support/processes.ts";
import { cookieFrom, signIn } from "#tests/support/sign-in.ts";
import { test as base } from "#tests/support/test.ts";

// Guarantee 5 where a browser meets it: every page of the built product, over HTTP, as everyone who may and may not.

type Web = { url: string; homeId: string };

const test = base.extend<{ web: Web }>({
  web: [
    async ({ databaseUrl }, use) => {
      const dataDir = mkdtempSync(join(tmpdir(), "winnow-pages-"));
      const { id: homeId } = openHome({ DATA_DIR: dataDir, AUTH_SECRET });
      const port = String(await freePort());
      const env = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, AUTH_SECRET, PORT: port };
      const program = await startProgram("server/web/index.ts", env);
      await use({ url: program.url, homeId });
      await program.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
    { scope: "file" },
  ],
});

const BUILD_LIMIT_MS = 300_000;
beforeAll(async () => {
  if (!isBuilt()) await build();
}, BUILD_LIMIT_MS);

const ask = (url: string, cookie?: string, headers: Record<string, string> = {}) =>
  fetch(url, { redirect: "manual", headers: { ...headers, ...(cookie ? { cookie } : {}) } });

/** Where an answer sends one, without the host. */
const sentTo = (response: Response) => {
  const location = response.headers.get("location");
  if (!location) return null;
  const url = new URL(location, "http://here.invalid");
  return url.pathname + url.search;
};

test("nobody has an account yet: the set-up address is what is shown, and it makes the admin who then is signed in", async ({
  web,
  db,
}) => {
  expect(await (await ask(`${web.url}/sign-in`)).text()).toContain("Winnow is not set up yet");
  expect(await (await ask(`${web.url}/setup`)).text()).toContain("This address is not complete");
  const token = await ensureFirstAdminToken(db);
  const page = await ask(`${web.url}/setup?token=${token}`);
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).toContain("Set up Winnow");
  for (const autocomplete of ["organization", "name", "username", "new-password"]) {
    expect(html).toContain(`autoComplete="${autocomplete}"`);
  }

  const form = {
    token,
    name: "Ada",
    email: "ada@example.org",
    password: "a long enough password",
    spaceName: "Harbour",
  };
  const answer = await fetch(`${web.url}/api/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: web.url },
    body: JSON.stringify(form),
  });
  expect([answer.status, await answer.json()]).toEqual([200, { spaceSlug: "harbour" }]);
  const cookie = cookieFrom(answer);
  expect(sentTo(await ask(web.url, cookie))).toBe("/s/harbour/review");
  expect((await ask(`${web.url}/s/harbour/review`, cookie)).status).toBe(200);
  expect(sentTo(await ask(`${web.url}/sign-in?next=/s/harbour/runs`, cookie))).toBe("/s/harbour/runs");
  expect(sentTo(await ask(`${web.url}/sign-in?next=//evil.example`, cookie))).toBe("/");
  expect(await (await ask(`${web.url}/setup?token=${token}`)).text()).toContain("Winnow is set up already");
  expect(await (await ask(`${web.url}/sign-in?error=INVALID_TOKEN`)).text()).toContain("no longer works");
});

describe("each page", () => {
  const pages = Object.entries(ADDRESSES).filter(([address]) => !address.startsWith("/api/"));

  test("is for those in its space: strangers do not find it, nobody is asked to sign in first", async ({
    web,
    db,
    make,
  }) => {
    const log = createLog({ level: "silent" });
    const auth = createAuth({ db, log, secret: AUTH_SECRET, baseUrl: web.url });
    const [mine, other] = [await make.space(), await make.space()];
    const ids = await fillSpace(db, make, { spaceId: mine.id, homeId: web.homeId });
    const theirs = await fillSpace(db, make, { spaceId: other.id, homeId: web.homeId });
    const cookieOf = async (spaceId: string, role: Role) => signIn(auth, (await make.user({ spaceId, role })).email);
    const stranger = await cookieOf(other.id, "admin");
    const members = Object.fromEntries(
      await Promise.all(Object.values(Role).map(async (role) => [role, await cookieOf(mine.id, role)] as const)),
    );

    const fill = (address: string, of: typeof ids) =>
      address.replace("[space]", mine.slug).replace(/\[(\w+)\]/g, (_, name: keyof typeof ids) => of[name]);
    const memberPages = pages.filter(([, rule]) => rule === "member").map(([address]) => address);
    expect(memberPages.length).toBeGreaterThan(12);
    for (const address of memberPages) {
      const url = web.url + fill(address, ids);
      for (const headers of [{}, { rsc: "1" }] as Array<Record<string, string>>) {
        const nobody = await ask(url, undefined, headers);
        const nobodySees = await nobody.text();
        expect([address, nobodySees.includes(SECRET_WORD)]).toEqual([address, false]);
        if (!headers.rsc) {
          const wanted = address === "/s/[space]" ? `/s/${mine.slug}/review` : fill(address, ids);
          expect([address, nobody.status]).toEqual([address, 307]);
          expect(sentTo(nobody)).toBe(`/sign-in?next=${encodeURIComponent(wanted)}`);
        }
        const foreign = await ask(url, stranger, headers);
        if (!headers.rsc) expect([address, foreign.status]).toEqual([address, 404]);
        expect([address, (await foreign.text()).includes(SECRET_WORD)]).toEqual([address, false]);
      }
      for (const [role, cookie] of Object.entries(members)) {
        const answer = await ask(url, cookie);
        const isForward = sentTo(answer)?.startsWith(`/s/${mine.slug}/`);
        expect([address, role, isForward ? 200 : answer.status]).toEqual([address, role, 200]);
      }
      if (fill(address, ids) === fill(address, theirs)) continue;
      // A row of another space under the name of ours.
      const crossed = await ask(web.url + fill(address, theirs), members.admin);
      const shown = await crossed.text();
      for (const id of [theirs.runId, theirs.messageId, theirs.chatId]) {
        if (!address.includes("runId")) expect([address, shown.includes(id)]).toEqual([address, false]);
      }
      expect([address, shown.includes(`Isle of ${SECRET_WORD}`)]).toEqual([address, false]);
    }
    expect(sentTo(await ask(web.url))).toBe("/sign-in");
    expect(sentTo(await ask(web.url, stranger))).toBe(`/s/${other.slug}/review`);
  });
});

test("whoever guesses passwords cannot pretend to be somebody else each time", async ({ web, make, db }) => {
  const { email } = await make.user();
  const guess = async (i: number) => {
    const answer = await fetch(`${web.url}/api/auth/sign-in/email`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: web.url, "x-winnow-client-ip": `192.0.2.${i}` },
      body: JSON.stringify({ email, password: `guess ${i}` }),
    });
    return answer.status;
  };
  const answers: number[] = [];
  for (let i = 1; i <= 12; i += 1) answers.push(await guess(i));
  expect(answers).toEqual([401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 429, 429]);
  expect((await db.pool.query("select 1 from rate_limits where key like '%192.0.2.%'")).rowCount).toBe(0);
});
