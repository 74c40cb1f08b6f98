import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { onTestFinished } from "vitest";

import { createKbs, type FileChange, type FileRules, type Kb, type OperationInput } from "#server/kb/index.ts";
import { noteFiles } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { readEnv } from "#server/lib/env.ts";
import { newId } from "#server/lib/ids.ts";

const run = promisify(execFile);

/** A temporary folder, gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "winnow-kb-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** The knowledge bases of one home, closed after the test. `env` as in the environment. */
export function openHome(
  ctx: Ctx,
  {
    dataDir = temporaryFolder(),
    homeId = newId(),
    env = {},
    files = noteFiles,
  }: { dataDir?: string; homeId?: string; env?: Record<string, string>; files?: FileRules } = {},
) {
  const kbs = createKbs({
    db: ctx.db,
    log: ctx.log,
    homeId,
    env: readEnv({ DATA_DIR: dataDir, ...env }),
    files,
  });
  onTestFinished(() => kbs.close());
  return { kbs: { ...kbs, open: async (spaceId: string) => withFolder(await kbs.open(spaceId)) }, homeId, dataDir };
}

/** The same, but an operation is done when the folder that people open has its files. */
function withFolder(kb: Kb) {
  return {
    ...kb,
    runOperation: async (...given: Parameters<Kb["runOperation"]>) => {
      const result = await kb.runOperation(...given);
      return result && { ...result, ...(await kb.bringFolder()) };
    },
  };
}

/** An operation that writes one file, or does what is given. */
export function writing(
  path: string,
  content: string,
  given: Partial<Extract<OperationInput, { proposed?: never }>> = {},
): OperationInput {
  return {
    operationId: newId(),
    kind: "edit",
    subject: `Write ${path}`,
    trailers: [["Source", "https://t.me/c/1/42"]],
    author: { name: "Vera Lind", email: "vera@example.org" },
    plan: async (): Promise<FileChange[]> => [{ path, content }],
    ...given,
  };
}

/** Someone writes a file in the folder, or takes it away, and has been done with it for a while. */
export function editByHand({ folder }: Pick<Kb, "folder">, path: string, content: string | null): void {
  const file = join(folder, path);
  const aMinuteAgo = new Date(Date.now() - 60_000);
  if (content === null) rmSync(file);
  else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, aMinuteAgo, aMinuteAgo);
  }
  utimesSync(dirname(file), aMinuteAgo, aMinuteAgo);
}

/** git as a person would call it in a folder. @returns what it printed, without the last line end */
export async function personsGit(folder: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=Ilse", "-c", "user.email=ilse@example.org"];
  const { stdout } = await run("git", [...identity, ...args], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
  return stdout.replace(/\n$/, "");
}

/** The subjects of all commits, newest first. */
export async function subjects(kb: Pick<Kb, "folder">): Promise<string[]> {
  return (await personsGit(kb.folder, "log", "--format=%s")).split("\n");
}
