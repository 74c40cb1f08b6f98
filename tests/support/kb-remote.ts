import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import { onTestFinished, vi } from "vitest";

import type { FileRules } from "#server/kb/index.ts";
import { kbStatus } from "#server/kb/queries.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { openHome, personsGit, temporaryFolder } from "./kb.ts";
import type { Make } from "./make.ts";
import { test as base } from "./test.ts";

/** One remote belongs to the first knowledge base of a database, so each of these tests starts without any. */
export const remoteTest = base.extend("clean", { auto: true }, async ({ db }, { onCleanup }) => {
  onCleanup(async () => void (await db.pool.query("delete from spaces")));
});

export const USERNAME = "winnow-bot";
export const TOKEN = "s3cret+Tok/en=42";

/** An empty repository to push to. `root` is the folder that a git server would serve. */
export async function bareRemote(): Promise<{ root: string; path: string }> {
  const root = temporaryFolder();
  await personsGit(root, "init", "-q", "--bare", "-b", "main", "team.git");
  const path = join(root, "team.git");
  await personsGit(path, "config", "http.receivepack", "true");
  return { root, path };
}

/** The knowledge base of a new space with this environment. */
export async function openWith(ctx: Ctx, make: Make, env: Record<string, string>, files?: FileRules) {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx, { env, ...(files ? { files } : {}) });
  return { spaceId, home, kb: await home.kbs.open(spaceId) };
}

/** A clone in which someone else works. */
export async function colleague(remote: string): Promise<string> {
  const folder = temporaryFolder();
  await personsGit(folder, "clone", "-q", remote, ".");
  return folder;
}

/** Someone else commits files on what the remote has, and pushes them; null takes one away. */
export async function pushBy(folder: string, path: string, content: string | Buffer | null): Promise<void> {
  await personsGit(folder, "pull", "-q", "--ff-only", "origin", "main").catch(() => {});
  if (content === null) rmSync(join(folder, path));
  else {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  await personsGit(folder, "add", "-A", path);
  await personsGit(folder, "commit", "-qm", `Theirs: ${path}`);
  await personsGit(folder, "push", "-q", "origin", "HEAD:main");
}

/** What the Sync page says of a space's knowledge base. */
export async function statusOf(ctx: Ctx, spaceId: string) {
  const status = await kbStatus(ctx, { spaceId });
  if (!status) throw new Error("This space has no knowledge base.");
  return status;
}

/** What a bare repository does before it takes a push; without a script it takes it again. */
export function onPush(path: string, script: string | null): void {
  const hook = join(path, "hooks", "pre-receive");
  if (script === null) return rmSync(hook);
  mkdirSync(dirname(hook), { recursive: true });
  return writeFileSync(hook, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A tree entry as someone else may bring it: `name` is bytes, one a character. */
export type RawEntry = { mode: string; name: string; content: string | Buffer };

/** Someone else commits entries of any kind and name on top of a branch, without a work tree. `content` of a 160000 is a commit's id. */
export function commitRaw(path: string, entries: readonly RawEntry[], subject = "Theirs: raw"): void {
  const text = (content: string | Buffer) => Buffer.from(content);
  const data = (content: Buffer) => [Buffer.from(`data ${content.length}\n`), content, Buffer.from("\n")];
  const quoted = (name: string) => Buffer.from(`"${name.replace(/["\\]/g, "\\$&")}"\n`, "latin1");
  const stream = [
    Buffer.from("commit refs/heads/main\ncommitter Ilse <ilse@example.org> 1750000000 +0000\n"),
    ...data(Buffer.from(subject)),
    Buffer.from("from refs/heads/main^0\n"),
    ...entries.flatMap(({ mode, name, content }) =>
      mode === "160000"
        ? [Buffer.from(`M ${mode} ${content.toString()} `), quoted(name)]
        : [Buffer.from(`M ${mode} inline `), quoted(name), ...data(text(content))],
    ),
  ];
  const { status, stderr } = spawnSync("git", ["fast-import", "--quiet"], { cwd: path, input: Buffer.concat(stream) });
  if (status !== 0) throw new Error(`git fast-import: ${stderr.toString()}`);
}

/** All entries of a branch below its folders as they are: `<mode> <type> <oid>\t<name>`, the name as bytes, one a character. */
export function rawTree(folder: string, ref = "main"): string[] {
  const { stdout } = spawnSync("git", ["ls-tree", "-r", "-z", ref], { cwd: folder });
  return stdout.toString("latin1").split("\0").filter(Boolean);
}

/** Puts an `ssh` before the real one that writes down how it is called and runs the command on this machine, or says something and fails. */
export function standInSsh(): { calls: () => string[][]; fail: (words: string) => void } {
  const folder = temporaryFolder();
  const [log, failure] = [join(folder, "calls"), join(folder, "failure")];
  const script = `#!/bin/sh
printf '%s\\037' "$@" >> '${log}'; echo >> '${log}'
if [ -e '${failure}' ]; then cat '${failure}' >&2; exit 255; fi
for last; do :; done
exec sh -c "$last"
`;
  writeFileSync(join(folder, "ssh"), script, { mode: 0o755 });
  writeFileSync(log, "");
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH ?? ""}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  return {
    calls: () =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => line.split("\x1f").slice(0, -1)),
    fail: (words) => writeFileSync(failure, words),
  };
}
