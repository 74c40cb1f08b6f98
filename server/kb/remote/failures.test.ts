// A push or a look at the remote that fails: each cause has its own words, the note stays committed, nothing says that it is pushed, and it
// goes out with a later sync.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Make } from "#tests/support/make.ts";
import { startGitServer } from "#tests/support/git-http.ts";
import { openHome, personsGit, writing } from "#tests/support/kb.ts";
import {
  bareRemote,
  onPush,
  openWith,
  remoteTest as test,
  statusOf,
  TOKEN,
  USERNAME,
} from "#tests/support/kb-remote.ts";

import { GitError } from "../git/git.ts";
import { explain } from "./explain.ts";

/** A remote over HTTP that has a first commit of ours. */
async function served(ctx: Ctx, make: Make, over: Partial<Parameters<typeof startGitServer>[0]> = {}) {
  const { root, path } = await bareRemote();
  const server = await startGitServer({ root, username: USERNAME, token: TOKEN, ...over });
  const opened = await openWith(ctx, make, {
    KB_GIT_REMOTE: `${server.url}/team.git`,
    KB_GIT_USERNAME: USERNAME,
    KB_GIT_TOKEN: TOKEN,
  });
  await opened.kb.sync(ctx);
  return { ...opened, root, path, server };
}

test("a push that a hook refuses is told by what the hook says, and goes out once it does not", async ({
  ctx,
  make,
  db,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.sync(ctx);
  const pushed = async () =>
    (await eventsSince(db, { spaceId, after: 0 })).filter((event) => event.type === "note.pushed").length;
  const cases: Array<[script: string, words: RegExp]> = [
    [
      "echo 'error: GH006: Protected branch update failed for refs/heads/main.' >&2; exit 1",
      /protects this branch.*committed here, nothing is lost\. Allow this account/,
    ],
    ["echo 'No space left on device' >&2; exit 1", /no room left on the disk.*Free some space there/],
    [
      "echo 'Notes need a ticket number.' >&2; exit 1",
      /A rule \(hook\) of .* refused.*It said: .*Notes need a ticket number/,
    ],
  ];
  for (const [at, [script, words]] of cases.entries()) {
    onPush(path, script);
    const written = await kb.runOperation(ctx, writing(`${at}.md`, `note ${at}`));
    await expect(kb.push(ctx)).rejects.toMatchObject({ code: "unavailable", message: expect.stringMatching(words) });
    await kb.sync(ctx);
    expect(await statusOf(ctx, spaceId)).toMatchObject({
      headCommit: written?.commitHash,
      isPushed: false,
      unpushed: 1,
      ahead: 1,
      pushFailure: expect.stringMatching(words),
      syncFailure: null,
    });
    expect(await db.prisma.kbOperation.count({ where: { spaceId, status: "committed" } })).toBe(1);
    expect(await pushed()).toBe(at);
    onPush(path, null);
    await kb.sync(ctx);
    expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, unpushed: 0, ahead: 0, pushFailure: null });
    expect(await personsGit(path, "show", `main:${at}.md`)).toBe(`note ${at}`);
    expect(await pushed()).toBe(at + 1);
  }
});

test("a remote that is gone, down, or refuses us is told in words, and gets the notes when it is repaired", async ({
  ctx,
  make,
}) => {
  let status: number | null = null;
  const { kb, spaceId, path, root } = await served(ctx, make, { refusal: () => status });
  const cases: Array<[breaks: () => void, repairs: () => void, words: RegExp]> = [
    [() => (status = 503), () => (status = null), /does not answer.*check KB_GIT_REMOTE and the network/],
    [() => (status = 403), () => (status = null), /refused the user name, token or key.*KB_GIT_TOKEN/],
    [
      () => renameSync(path, `${root}/away.git`),
      () => renameSync(`${root}/away.git`, path),
      /There is no repository at .*Create it, or correct KB_GIT_REMOTE/,
    ],
  ];
  for (const [at, [breaks, repairs, words]] of cases.entries()) {
    breaks();
    const written = await kb.runOperation(ctx, writing(`${at}.md`, `note ${at}`));
    await kb.sync(ctx);
    expect(await statusOf(ctx, spaceId)).toMatchObject({
      headCommit: written?.commitHash,
      isPushed: false,
      unpushed: 1,
      syncFailure: expect.stringMatching(words),
    });
    await expect(kb.push(ctx)).rejects.toMatchObject({ code: "unavailable", message: expect.stringMatching(words) });
    expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: false, pushFailure: expect.stringMatching(words) });
    repairs();
    await kb.sync(ctx);
    const repaired = await statusOf(ctx, spaceId);
    expect(repaired).toMatchObject({ isPushed: true, unpushed: 0, syncFailure: null, pushFailure: null });
    expect(await personsGit(path, "show", `main:${at}.md`)).toBe(`note ${at}`);
  }
});

test("a server that is down, and one that does not take the token", async ({ ctx, make }) => {
  const { kb, spaceId, server, home, root, path } = await served(ctx, make);
  await kb.runOperation(ctx, writing("a.md", "a"));
  await home.kbs.close();
  const wrong = { KB_GIT_REMOTE: `${server.url}/team.git`, KB_GIT_USERNAME: USERNAME, KB_GIT_TOKEN: "expired" };
  const refused = openHome(ctx, { ...home, env: wrong });
  await (await refused.kbs.open(spaceId)).sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({
    isPushed: false,
    syncFailure: expect.stringMatching(/refused the user name, token or key.*KB_GIT_USERNAME and KB_GIT_TOKEN/),
  });
  expect(server.refused()).toBeGreaterThan(0);
  await refused.kbs.close();
  await server.stop();
  const right = openHome(ctx, { ...home, env: { ...wrong, KB_GIT_TOKEN: TOKEN } });
  const down = await right.kbs.open(spaceId);
  await down.sync(ctx);
  expect((await statusOf(ctx, spaceId)).syncFailure).toMatch(/does not answer\. Notes go on being committed here/);
  await right.kbs.close();
  const moved = await startGitServer({ root, username: USERNAME, token: TOKEN });
  const back = openHome(ctx, {
    ...home,
    env: { ...wrong, KB_GIT_REMOTE: `${moved.url}/team.git`, KB_GIT_TOKEN: TOKEN },
  });
  await (await back.kbs.open(spaceId)).sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, syncFailure: null });
  expect(await personsGit(path, "show", "main:a.md")).toBe("a");
});

test("a lock at the remote is told by its name, and the notes go out when it is gone", async ({ ctx, make }) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.sync(ctx);
  const lock = join(path, "refs/heads/main.lock");
  writeFileSync(lock, "");
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.sync(ctx);
  const { pushFailure } = await statusOf(ctx, spaceId);
  expect(pushFailure).toMatch(/A lock stands in the way at .*remove the lock that it names/);
  expect(pushFailure).toContain("refs/heads/main.lock");
  rmSync(lock);
  await kb.sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, pushFailure: null });
});

/** What git says at some hosts, as it was seen there. */
const SAYINGS: Array<[said: string, words: RegExp]> = [
  [
    "remote: Permission to team/notes.git denied to winnow-bot.\nfatal: unable to access 'https://github.com/team/notes.git/': The requested URL returned error: 403",
    /refused the user name, token or key/,
  ],
  [
    "remote: Repository not found.\nfatal: repository 'https://github.com/team/notes.git/' not found",
    /There is no repository at/,
  ],
  [
    "remote: Invalid username or token. Password authentication is not supported for Git operations.\nfatal: Authentication failed for 'https://github.com/team/notes.git/'",
    /refused the user name, token or key/,
  ],
  [
    "remote: error: GH013: Repository rule violations found for refs/heads/main.\n ! [remote rejected] main -> main (push declined due to repository rule violations)",
    /A rule \(hook\) of .*GH013/,
  ],
  [
    "remote: GitLab: You are not allowed to push code to protected branches on this project.\n ! [remote rejected] main -> main (pre-receive hook declined)",
    /protects this branch/,
  ],
  [
    "remote: HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect\nfatal: Authentication failed for 'https://gitlab.example.org/t/n.git/'",
    /refused the user name, token or key/,
  ],
  [
    "remote: Gitea: Not allowed to push to protected branch main\n ! [remote rejected] main -> main (pre-receive hook declined)",
    /protects this branch/,
  ],
  [
    "fatal: unable to access 'https://git.example.org/t/n.git/': SSL certificate problem: self-signed certificate",
    /certificate of .* is not one that this machine trusts/,
  ],
  [
    "fatal: unable to access 'https://git.example.org/t/n.git/': Could not resolve host: git.example.org",
    /does not answer/,
  ],
  [
    "remote: fatal: write error: Disk quota exceeded\nerror: remote unpack failed: index-pack abnormal exit",
    /no room left on the disk/,
  ],
  [
    "error: remote unpack failed: unable to create temporary object directory\nremote: error: insufficient permission for adding an object to repository database ./objects",
    /refused the user name, token or key/,
  ],
];

test("what the hosts say is told in words that fit", () => {
  const remote = { shown: "https://git.example.org/t/n.git", redact: (text: string) => text };
  for (const [said, words] of SAYINGS) {
    const told = explain(new GitError("push", 1, said), remote);
    expect(told, said).toMatch(words);
    expect(told, said).toContain("committed here, nothing is lost");
  }
});
