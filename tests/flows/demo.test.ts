import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { build, isBuilt } from "#server/start/build.ts";
import { freePort, type Program, startProgram } from "#tests/support/processes.ts";

// What a newcomer sees first: `npm run demo`, twice, and a folder that is none of its business.

/** Two demos on a busy machine. */
const LIMIT_MS = 240_000;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "winnow-demo-"));
  cleanups.push(() => rmSync(made, { recursive: true, force: true, maxRetries: 5 }));
  return made;
}

/** @param env what a user of a real Winnow may have set: none of it may be touched */
async function startDemo(dataDir: string, env: Record<string, string> = {}): Promise<Program> {
  if (!isBuilt()) await build();
  const args = ["--port", String(await freePort()), "--data-dir", dataDir];
  const demo = await startProgram("server/demo/index.ts", env, { args });
  cleanups.push(demo.stop);
  return demo;
}

const linkOf = (demo: Program) =>
  demo
    .output()
    .match(/http:\S+magic-link\S+/g)
    ?.at(-1) ?? "";

test(
  "the demo plays its conversation, finds something to review and prints a link that signs in; again it starts fresh",
  { timeout: LIMIT_MS },
  async () => {
    const dataDir = join(folder(), "data");
    const remote = join(folder(), "remote.git");
    execFileSync("git", ["init", "--bare", "--quiet", remote]);
    const first = await startDemo(dataDir, { KB_GIT_REMOTE: remote, DATABASE_URL: "postgresql://localhost:1/mine" });
    const [, messages, proposals] = first.output().match(/Done: (\d+) messages, (\d+) proposals to review/) ?? [];
    expect(Number(messages)).toBeGreaterThanOrEqual(60);
    expect(Number(proposals)).toBeGreaterThanOrEqual(10);

    const signIn = await fetch(linkOf(first), { redirect: "manual" });
    expect(signIn.status).toBe(302);
    expect(signIn.headers.get("location")).toMatch(/\/s\/[\w-]+\/review$/);
    expect(signIn.headers.getSetCookie().join()).toMatch(/HttpOnly/);
    expect(execFileSync("git", ["-C", remote, "branch", "--list"], { encoding: "utf8" })).toBe("");
    expect(await first.stop()).toBe(0);

    const second = await startDemo(dataDir);
    expect(second.output()).toContain(`Done: ${messages} messages, ${proposals} proposals to review`);
  },
);

test("a folder that no demo made is left alone", async () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, "precious"), "mine");
  await expect(startDemo(dataDir)).rejects.toThrow(/holds something that no demo made, so it is left alone/);
  expect(readFileSync(join(dataDir, "precious"), "utf8")).toBe("mine");
});
