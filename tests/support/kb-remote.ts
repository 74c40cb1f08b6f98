import { writeFileSync } from "node:fs";
import { join } from "node:path";

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
export async function openWith(ctx: Ctx, make: Make, env: Record<string, string>) {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx, { env });
  return { spaceId, home, kb: await home.kbs.open(spaceId) };
}

/** A clone in which someone else works. */
export async function colleague(remote: string): Promise<string> {
  const folder = temporaryFolder();
  await personsGit(folder, "clone", "-q", remote, ".");
  return folder;
}

/** Someone else commits a file and pushes it. */
export async function pushBy(folder: string, path: string, content: string): Promise<void> {
  writeFileSync(join(folder, path), content);
  await personsGit(folder, "add", path);
  await personsGit(folder, "commit", "-qm", `Theirs: ${path}`);
  await personsGit(folder, "push", "-q", "origin", "HEAD:main");
}
