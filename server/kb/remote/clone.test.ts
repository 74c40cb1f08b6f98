// The first fetch of a knowledge base: how far it is can be seen, all notes are indexed after it, and what a killed one left is cleared.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { createLog } from "#server/lib/log.ts";
import { startGitServer } from "#tests/support/git-http.ts";
import { openHome, personsGit, temporaryFolder, writing } from "#tests/support/kb.ts";
import {
  bareRemote,
  colleague,
  openWith,
  pushBy,
  remoteTest as test,
  statusOf,
  TOKEN,
  USERNAME,
} from "#tests/support/kb-remote.ts";

const COMMITS = 300;

/** A remote with as many commits, each of which brings a note of about 1 KB. */
async function bigRemote() {
  const { root, path } = await bareRemote();
  const note = (at: number) => `---\ntype: Note\ntitle: Note ${at}\n---\n\n${randomBytes(700).toString("base64")}\n`;
  const commits = Array.from({ length: COMMITS }, (_, at) => {
    const text = note(at);
    return `commit refs/heads/main\ncommitter Ilse <ilse@example.org> ${1_750_000_000 + at} +0000\ndata 4\nNote\nM 644 inline topics/t${at % 7}/${at}.md\ndata ${text.length}\n${text}\n`;
  });
  const importing = spawn("git", ["fast-import", "--quiet"], { cwd: path });
  importing.stdin.end(commits.join(""));
  await new Promise((resolve) => importing.on("close", resolve));
  return { root, path };
}

test("how far a clone is can be seen in the row and in the log, and then every note is there", async ({
  ctx: quiet,
  make,
}) => {
  const lines: string[] = [];
  const log = createLog({ level: "info", stream: { write: (line) => void lines.push(line) } });
  const ctx: Ctx = { ...quiet, log };
  const { root, path } = await bigRemote();
  const server = await startGitServer({ root, username: USERNAME, token: TOKEN, bytesPerSecond: 100_000 });
  const { id: spaceId } = await make.space();
  const env = { KB_GIT_REMOTE: `${server.url}/team.git`, KB_GIT_USERNAME: USERNAME, KB_GIT_TOKEN: TOKEN };
  const opening = openHome(ctx, { env }).kbs.open(spaceId);
  const seen: Array<{ stage: string; percent: number | null }> = [];
  let isOpen = false;
  void opening.finally(() => {
    isOpen = true;
  });
  while (!isOpen) {
    const row = await ctx.db.prisma.knowledgeBase.findUnique({ where: { spaceId } });
    if (row) {
      const { progress } = await statusOf(ctx, spaceId);
      if (progress) seen.push({ stage: progress.stage, percent: progress.percent });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const kb = await opening;
  const told = lines.map((line): { msg?: string; stage?: string } => JSON.parse(line));
  const stages = told.flatMap(({ msg, stage }) => (msg === "kb.clone" && stage ? [stage] : []));
  expect([...new Set(stages)]).toEqual(["connecting", "receiving", "resolving", "writing files", "reading notes"]);
  const percents = seen.flatMap(({ stage, percent }) => (stage === "receiving" && percent !== null ? [percent] : []));
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(new Set(percents).size).toBeGreaterThan(1);
  expect(percents.some((percent) => percent > 0 && percent < 100)).toBe(true);

  const status = await statusOf(ctx, spaceId);
  expect(status).toMatchObject({ progress: null, headCommit: await personsGit(path, "rev-parse", "main") });
  expect(await ctx.db.prisma.note.count({ where: { spaceId } })).toBe(COMMITS);
  expect(await ctx.db.prisma.note.findFirst({ where: { spaceId, path: "topics/t3/10.md" } })).toMatchObject({
    title: "Note 10",
  });
  expect(readdirSync(join(kb.folder, "topics/t0"))).toHaveLength(43);
  expect(await personsGit(kb.folder, "status", "--porcelain")).toBe("");
});

test("what a killed clone left behind is cleared by the next one", async ({ ctx, make }) => {
  const { path } = await bigRemote();
  const { id: spaceId } = await make.space();
  const { id: otherId } = await make.space();
  const dataDir = temporaryFolder();
  const unfinished = (id: string) => join(dataDir, "kb", `.making-${id.slice(-12)}-AbCdEf`);
  for (const id of [spaceId, otherId]) {
    mkdirSync(join(unfinished(id), ".git/objects/pack"), { recursive: true });
    writeFileSync(join(unfinished(id), ".git/objects/pack/tmp_pack_x"), "half");
  }
  const kb = await openHome(ctx, { dataDir, env: { KB_GIT_REMOTE: path } }).kbs.open(spaceId);
  // That of another space may be under way.
  expect(readdirSync(join(dataDir, "kb")).filter((name) => name.startsWith("."))).toEqual([
    unfinished(otherId).split("/").at(-1),
  ]);
  expect(await ctx.db.prisma.note.count({ where: { spaceId } })).toBe(COMMITS);
  expect(await personsGit(kb.folder, "fsck", "--strict")).toBe("");
});

test("a clone that fails leaves nothing in the way, and says why", async ({ ctx, make }) => {
  const { root, path } = await bareRemote();
  await pushBy(await colleague(path), "a.md", "a");
  const first = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await first.kb.sync(ctx);
  await first.home.kbs.close();
  // Another machine is to bring it over, and the remote is down.
  const server = await startGitServer({ root, username: USERNAME, token: TOKEN });
  await server.stop();
  const dataDir = temporaryFolder();
  const env = { KB_GIT_REMOTE: `${server.url}/team.git`, KB_GIT_USERNAME: USERNAME, KB_GIT_TOKEN: TOKEN };
  const there = openHome(ctx, { dataDir, homeId: first.home.homeId, env });
  await expect(there.kbs.open(first.spaceId)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/does not answer/),
  });
  expect((await statusOf(ctx, first.spaceId)).progress).toBeNull();
  const back = openHome(ctx, { dataDir, homeId: first.home.homeId, env: { KB_GIT_REMOTE: path } });
  const kb = await back.kbs.open(first.spaceId);
  expect(await kb.readFile("a.md")).toBe("a");
  expect(readdirSync(join(dataDir, "kb")).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a folder whose history was cut short gets the rest with the next sync, and exchanges notes as before", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  for (const name of ["a", "b", "c"]) await kb.runOperation(ctx, writing(`${name}.md`, name));
  await kb.sync(ctx);
  // A person who wants to save room.
  await personsGit(kb.folder, "fetch", "-q", "--depth=1", `file://${path}`, "main");
  writeFileSync(join(kb.folder, ".git/shallow"), `${await personsGit(kb.folder, "rev-parse", "main")}\n`);
  await kb.runOperation(ctx, writing("d.md", "d"));
  await pushBy(await colleague(path), "theirs.md", "t");
  await kb.sync(ctx);
  expect(await personsGit(kb.folder, "rev-parse", "--is-shallow-repository")).toBe("false");
  expect(await kb.readFile("theirs.md")).toBe("t");
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, syncFailure: null, pushFailure: null });
  expect(await personsGit(path, "show", "main:d.md")).toBe("d");
  expect(await personsGit(kb.folder, "fsck", "--strict", "--no-dangling")).toBe("");
});

test("a remote that is shallow itself is cloned, fetched from and pushed to with the history that it has", async ({
  ctx,
  make,
}) => {
  const { path: whole } = await bareRemote();
  const other = await colleague(whole);
  for (const name of ["a", "b", "c"]) await pushBy(other, `${name}.md`, name);
  const root = temporaryFolder();
  await personsGit(root, "clone", "-q", "--bare", "--depth=1", `file://${whole}`, "shallow.git");
  const path = join(root, "shallow.git");
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  expect(await kb.readFile("a.md")).toBe("a");
  await kb.runOperation(ctx, writing("ours.md", "ours"));
  await kb.sync(ctx);
  expect(await personsGit(path, "show", "main:ours.md")).toBe("ours");
  await pushBy(await colleague(`file://${path}`), "theirs.md", "t");
  await kb.runOperation(ctx, writing("more.md", "more"));
  await kb.sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, syncFailure: null, pushFailure: null });
  expect(await personsGit(path, "ls-tree", "--name-only", "main")).toBe(
    "a.md\nb.md\nc.md\nindex.md\nmore.md\nours.md\ntheirs.md",
  );
  expect(readFileSync(join(kb.folder, "theirs.md"), "utf8")).toBe("t");
});
