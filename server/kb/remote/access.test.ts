// How a remote is reached: by https with a token, by ssh with a key, by a path. And where its secrets never are.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, onTestFinished } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Db } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";
import { startGitServer } from "#tests/support/git-http.ts";
import { openHome, personsGit, subjects, temporaryFolder, writing } from "#tests/support/kb.ts";
import {
  bareRemote,
  colleague,
  onPush,
  openWith,
  pushBy,
  remoteTest as test,
  standInSsh,
  statusOf,
  TOKEN,
  USERNAME,
} from "#tests/support/kb-remote.ts";

/** A ctx whose log lines can be looked at. */
function loggedCtx(db: Db): { ctx: Ctx; lines: string[] } {
  const lines: string[] = [];
  const log = createLog({ level: "trace", stream: { write: (line) => void lines.push(line) } });
  return { ctx: { actor: { type: "system", name: "test" }, db, log, now: () => new Date() }, lines };
}

/** The command line of every process there is, added to those seen before. */
function lookAround(seen: Set<string>): void {
  for (const file of globSync("/proc/[0-9]*/cmdline")) {
    try {
      seen.add(readFileSync(file, "utf8"));
    } catch {
      // It ended between the two looks.
    }
  }
}

/** All that a secret could be kept in: the rows of the tables that a remote's words come into, and every file of the data folder. */
async function keptTexts(db: Db, dataDir: string): Promise<string[]> {
  const tables = ["knowledge_bases", "kb_operations", "kb_conflicts", "events", "notes", "graphile_worker.jobs"];
  const rows = await Promise.all(
    tables.map(
      async (table) => (await db.pool.query<{ text: string }>(`select to_jsonb(t)::text as text from ${table} t`)).rows,
    ),
  );
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.some((entry) => entry.name === "config")).toBe(true);
  return [
    ...rows.flat().map((row) => row.text),
    ...files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1")),
  ];
}

test("a whole life with a token leaves it nowhere: not in files, rows, events, logs, errors or the process table", async ({
  db,
  make,
}) => {
  const { ctx, lines } = loggedCtx(db);
  const commandLines = new Set<string>();
  const { root, path } = await bareRemote();
  const stranger = await colleague(path);
  await pushBy(stranger, "handbook.md", "Read me.");
  const server = await startGitServer({
    ...{ root, username: USERNAME, token: TOKEN },
    beforeAnswer: async () => lookAround(commandLines),
  });
  const env = { KB_GIT_REMOTE: `${server.url}/team.git`, KB_GIT_USERNAME: USERNAME, KB_GIT_TOKEN: TOKEN };
  // Cloned, written, fetched, merged, pushed.
  const { kb, spaceId, home } = await openWith(ctx, make, env);
  expect(await kb.readFile("handbook.md")).toBe("Read me.");
  await kb.runOperation(ctx, writing("a.md", "a"));
  await pushBy(stranger, "theirs.md", "t");
  await kb.push(ctx);
  expect((await subjects({ folder: path }))[0]).toBe("Take in a commit of others");
  // Refused by a hook that repeats all it was given, then taken.
  onPush(path, `echo "refused for ${TOKEN}" >&2; exit 1`);
  await kb.runOperation(ctx, writing("b.md", "b"));
  const errors: unknown[] = [await kb.push(ctx).catch((error: unknown) => error)];
  onPush(path, null);
  await kb.sync(ctx, { isAsked: true });
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, pushFailure: null });
  await home.kbs.close();
  // And with a token that the server does not take.
  const wrong = openHome(ctx, { ...home, env: { ...env, KB_GIT_TOKEN: `${TOKEN}x` } });
  const again = await wrong.kbs.open(spaceId);
  await again.runOperation(ctx, writing("c.md", "c"));
  errors.push(await again.push(ctx).catch((error: unknown) => error));
  await again.sync(ctx);
  await wrong.kbs.close();

  expect(errors.map((error) => (error as Error).message)).toEqual([
    expect.stringMatching(/A rule \(hook\).*refused for \[secret\]/),
    expect.stringMatching(/refused the user name, token or key/),
  ]);
  expect([...commandLines].some((line) => line.includes("remote-http"))).toBe(true);
  const everything = [
    ...(await keptTexts(db, home.dataDir)),
    ...lines,
    ...commandLines,
    ...errors.map((error) => JSON.stringify(error, Object.getOwnPropertyNames(error))),
    JSON.stringify(await statusOf(ctx, spaceId)),
    JSON.stringify(await eventsSince(db, { spaceId, after: 0 })),
  ];
  expect(lines.length).toBeGreaterThan(0);
  const secrets = [TOKEN, encodeURIComponent(TOKEN), encodeURI(TOKEN)].flatMap((secret) => [
    secret,
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(`${USERNAME}:${secret}`).toString("base64").replace(/=+$/, ""),
  ]);
  for (const secret of secrets) expect(everything.filter((text) => text.includes(secret))).toEqual([]);
});

test("a server that sends git elsewhere does not send the token there", async ({ ctx, make }) => {
  const { root, path } = await bareRemote();
  const heard: Array<string | undefined> = [];
  const elsewhere = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void elsewhere.close());
  const port = (elsewhere.address() as AddressInfo).port;
  let isMoved = false;
  const server = await startGitServer({
    ...{ root, username: USERNAME, token: TOKEN },
    redirect: (asked) => (isMoved ? `http://127.0.0.1:${port}${asked}` : null),
  });
  const env = { KB_GIT_REMOTE: `${server.url}/team.git`, KB_GIT_USERNAME: USERNAME, KB_GIT_TOKEN: TOKEN };
  const { kb, spaceId } = await openWith(ctx, make, env);
  await kb.sync(ctx);
  isMoved = true;
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.sync(ctx);
  const words = /sends git on to another address.*Set KB_GIT_REMOTE to the address that it has now/;
  expect((await statusOf(ctx, spaceId)).syncFailure).toMatch(words);
  await expect(kb.push(ctx)).rejects.toMatchObject({ code: "unavailable", message: expect.stringMatching(words) });
  expect(heard).toEqual([]);
  isMoved = false;
  await kb.sync(ctx);
  expect(await personsGit(path, "show", "main:a.md")).toBe("a");
});

test("an address with a password in it is never handed to git: not before a write, nor by a sync or a push", async ({
  db,
  make,
}) => {
  const { ctx, lines } = loggedCtx(db);
  const commandLines = new Set<string>();
  const { root, path } = await bareRemote();
  const server = await startGitServer({ root, username: USERNAME, token: "hunter2" });
  const { kb, spaceId, home } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.sync(ctx);
  await home.kbs.close();
  const before = server.asked();
  const inUrl = server.url.replace("//", `//${USERNAME}:hunter2@`);
  const ssh = standInSsh();
  const cases: Array<[remote: string, words: RegExp]> = [
    [
      `${inUrl}/team.git`,
      /contains a user name, password or token.*not used\. Take it out .* set KB_GIT_USERNAME and KB_GIT_TOKEN/,
    ],
    [
      `ssh://${USERNAME}:hunter2@git.example.org/team.git`,
      /contains a password.*not used\. Take it out .* set KB_GIT_SSH_KEY/,
    ],
  ];
  for (const [at, [remote, words]] of cases.entries()) {
    const there = openHome(ctx, { ...home, env: { KB_GIT_REMOTE: remote } });
    const opened = await there.kbs.open(spaceId);
    const looking = setInterval(() => lookAround(commandLines), 5);
    const written = await opened.runOperation(ctx, writing("a.md", `${at}`));
    await opened.sync(ctx);
    const error = await opened.push(ctx).catch((caught: unknown) => caught);
    clearInterval(looking);
    expect(error, remote).toMatchObject({ code: "invalid_input", message: expect.stringMatching(words) });
    const status = await statusOf(ctx, spaceId);
    expect(status).toMatchObject({
      headCommit: written?.commitHash,
      isPushed: false,
      syncFailure: expect.stringMatching(words),
    });
    expect(JSON.stringify([status, String(error), opened.remote])).not.toContain("hunter2");
    await there.kbs.close();
  }
  expect(server.asked()).toBe(before);
  expect(ssh.calls()).toEqual([]);
  const everything = [...(await keptTexts(db, home.dataDir)), ...lines, ...commandLines];
  expect(everything.filter((text) => text.includes("hunter2"))).toEqual([]);
});

test("a password in the address of a remote that someone set in the folder stops all exchange until it is taken out", async ({
  ctx,
  make,
}) => {
  const { root } = await bareRemote();
  const server = await startGitServer({ root, username: USERNAME, token: TOKEN });
  const env = { KB_GIT_REMOTE: `${server.url}/team.git`, KB_GIT_USERNAME: USERNAME, KB_GIT_TOKEN: TOKEN };
  const { kb, spaceId, home } = await openWith(ctx, make, env);
  await kb.sync(ctx);
  await home.kbs.close();
  const again = await openHome(ctx, { ...home, env }).kbs.open(spaceId);
  await personsGit(kb.folder, "remote", "add", "mine", "https://ilse:hunter2@git.example.org/x.git");
  const before = server.asked();
  const written = await again.runOperation(ctx, writing("a.md", "a"));
  await again.sync(ctx);
  const error = await again.push(ctx).catch((caught: unknown) => caught);
  expect(server.asked()).toBe(before);
  const words =
    /The remote “mine” in .*\.git\/config .*until it is gone: `git remote set-url mine https:\/\/git\.example\.org\/x\.git`/;
  expect(error).toMatchObject({ code: "invalid_input", message: expect.stringMatching(words) });
  expect(await statusOf(ctx, spaceId)).toMatchObject({
    ...{ headCommit: written?.commitHash, isPushed: false, unpushed: 1 },
    ...{ syncFailure: expect.stringMatching(words), pushFailure: expect.stringMatching(words) },
  });
  expect(String(error)).not.toContain("hunter2");
  const wayOut = /`git (remote set-url [^`]+)`/.exec(String(error))?.[1] ?? "";
  await personsGit(kb.folder, ...wayOut.split(" "));
  await again.sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, syncFailure: null, pushFailure: null });
});

test("ssh is called with the key that is named, no other, and with a file of hosts in the data folder", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const ssh = standInSsh();
  const keyFile = join(temporaryFolder(), "it's a key");
  const env = { KB_GIT_REMOTE: `ssh://git@git.example.org:2222${path}`, KB_GIT_SSH_KEY: keyFile };
  const { kb, spaceId, home } = await openWith(ctx, make, env);
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.sync(ctx);
  await pushBy(await colleague(path), "theirs.md", "t");
  await kb.sync(ctx);
  expect(await kb.readFile("theirs.md")).toBe("t");
  expect(await personsGit(path, "show", "main:a.md")).toBe("a");
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, remote: `ssh://git.example.org:2222${path}` });
  const calls = ssh.calls();
  expect(new Set(calls.map((call) => call.at(-1)?.split(" ")[0]))).toEqual(
    new Set(["git-upload-pack", "git-receive-pack"]),
  );
  for (const call of calls) {
    expect(call[call.indexOf("-i") + 1]).toBe(keyFile);
    const options = call.filter((_, at) => call[at - 1] === "-o");
    expect(options).toEqual(
      expect.arrayContaining([
        ...["BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=accept-new"],
        `UserKnownHostsFile=${home.dataDir}/known-hosts`,
      ]),
    );
    expect(call).toEqual(expect.arrayContaining(["-p", "2222", "git@git.example.org"]));
  }
  const failures: Array<[said: string, words: RegExp]> = [
    ["git@git.example.org: Permission denied (publickey).", /refused the user name, token or key.*KB_GIT_SSH_KEY/],
    ["Host key verification failed.", /is not known to this machine yet.*set KB_GIT_SSH_KEY/],
    [
      "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
      /has another key than before, so it was not trusted.*known-hosts in DATA_DIR/,
    ],
    ["ssh: Could not resolve hostname git.example.org: Name or service not known", /does not answer/],
    ["ssh: connect to host git.example.org port 2222: Connection refused", /does not answer/],
    ["ERROR: Repository not found.", /There is no repository at ssh:\/\/git\.example\.org/],
  ];
  for (const [said, words] of failures) {
    ssh.fail(`${said}\n`);
    await kb.sync(ctx);
    expect((await statusOf(ctx, spaceId)).syncFailure, said).toMatch(words);
  }
});

test("without a key of its own ssh finds one by itself, and still asks nobody anything", async ({ ctx, make }) => {
  const { path } = await bareRemote();
  const ssh = standInSsh();
  const { kb } = await openWith(ctx, make, { KB_GIT_REMOTE: `git@git.example.org:${path}` });
  await kb.sync(ctx);
  expect(await personsGit(path, "ls-tree", "--name-only", "main")).toBe("index.md");
  for (const call of ssh.calls()) {
    expect(call).toContain("BatchMode=yes");
    expect(call).not.toContain("-i");
  }
});

test("a path on this machine is a remote too, unless someone works in it or it belongs to someone else", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId, home } = await openWith(ctx, make, { KB_GIT_REMOTE: `file://${path}` });
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.sync(ctx);
  expect(await personsGit(path, "show", "main:a.md")).toBe("a");
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true });
  await home.kbs.close();
  const folder = await colleague(path);
  const there = openHome(ctx, { ...home, env: { KB_GIT_REMOTE: folder } });
  const open = await there.kbs.open(spaceId);
  await open.runOperation(ctx, writing("b.md", "b"));
  await open.sync(ctx);
  expect((await statusOf(ctx, spaceId)).pushFailure).toMatch(
    /is a folder in which someone works on this very branch.*git init --bare/,
  );
  await there.kbs.close();
  if (process.getuid?.() !== 0) return;
  execFileSync("chown", ["-R", "12345", path]);
  const strange = await openHome(ctx, { ...home, env: { KB_GIT_REMOTE: path } }).kbs.open(spaceId);
  await strange.sync(ctx);
  expect((await statusOf(ctx, spaceId)).syncFailure).toMatch(/belongs to another user.*chown/);
});
