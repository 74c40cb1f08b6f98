// Where the token never is, and what is said of a remote that cannot be used.
import { globSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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
  TOKEN,
  USERNAME,
} from "#tests/support/kb-remote.ts";

test("the token goes to the remote and nowhere else: not into files, logs, errors, rows or the process table", async ({
  db,
  make,
}) => {
  const lines: string[] = [];
  const log = createLog({ level: "trace", stream: { write: (line) => void lines.push(line) } });
  const ctx: Ctx = { actor: { type: "system", name: "test" }, db, log, now: () => new Date() };
  const commandLines: string[] = [];
  const { root, path } = await bareRemote();
  const lookAround = async () => {
    for (const file of globSync("/proc/[0-9]*/cmdline")) {
      try {
        commandLines.push(readFileSync(file, "utf8"));
      } catch {
        // It ended between the two looks.
      }
    }
  };
  const server = await startGitServer({ root, username: USERNAME, token: TOKEN, beforeAnswer: lookAround });
  const env = { KB_GIT_REMOTE: `${server.url}/team.git`, KB_GIT_USERNAME: USERNAME, KB_GIT_TOKEN: TOKEN };
  const { kb, spaceId, home } = await openWith(ctx, make, env);
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.push(ctx);
  const other = await colleague(path);
  await pushBy(other, "theirs.md", "t");
  await kb.runOperation(ctx, writing("b.md", "b"));
  await kb.push(ctx);
  expect(await personsGit(path, "log", "--format=%s", "-1", "main")).toBe("Take in a commit of others");

  // And with a token that the server does not take.
  await home.kbs.close();
  const wrong = openHome(ctx, { ...home, env: { ...env, KB_GIT_TOKEN: `${TOKEN}x` } });
  const again = await wrong.kbs.open(spaceId);
  await again.runOperation(ctx, writing("c.md", "c"));
  const error = await again.push(ctx).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("refused the user name, token or key"),
  });
  expect(server.refused()).toBeGreaterThan(0);
  await wrong.kbs.close();

  const { rows } = await db.pool.query(
    "select to_jsonb(k)::text as text from knowledge_bases k union all select to_jsonb(o)::text from kb_operations o",
  );
  const files = readdirSync(home.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const everything = [
    ...lines,
    ...commandLines,
    ...rows.map((row: { text: string }) => row.text),
    ...files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1")),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
  ];
  expect(commandLines.some((line) => line.includes("git-remote-http") || line.includes("remote-http"))).toBe(true);
  expect(files.some((entry) => entry.name === "config")).toBe(true);
  const secrets = [TOKEN, encodeURIComponent(TOKEN), Buffer.from(`${USERNAME}:${TOKEN}`).toString("base64")];
  for (const secret of secrets) expect(everything.filter((text) => text.includes(secret))).toEqual([]);
});

test("each way a remote can be wrong has its own words", async ({ ctx, make }) => {
  const { path } = await bareRemote();
  const stranger = temporaryFolder();
  await personsGit(stranger, "init", "-q", "-b", "main");
  await personsGit(stranger, "commit", "-qm", "Another story", "--allow-empty");
  await personsGit(stranger, "config", "receive.denyCurrentBranch", "ignore");
  const { spaceId, home, kb } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("a.md", "a"));
  await home.kbs.close();
  const cases: Array<[string, string, RegExp]> = [
    [
      "https://bob:hunter2@git.example.org/x.git",
      "invalid_input",
      /contains a user name, password or token.*KB_GIT_TOKEN/,
    ],
    ["https://git.example.org/x.git?token=hunter2", "invalid_input", /contains a user name/],
    ["--upload-pack=touch /tmp/x", "invalid_input", /not an address/],
    ["ext::sh -c touch% /tmp/x", "invalid_input", /not an address/],
    [join(stranger, "nothing-here"), "unavailable", /There is no repository at/],
    [stranger, "conflict", /history of its own/],
  ];
  for (const [remote, code, words] of cases) {
    const there = openHome(ctx, { ...home, env: { KB_GIT_REMOTE: remote } });
    const error = await (await there.kbs.open(spaceId)).push(ctx).catch((caught: unknown) => caught);
    expect(error, remote).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(String(error)).not.toContain("hunter2");
    await there.kbs.close();
  }
  writeFileSync(join(path, "hooks", "pre-receive"), "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n", {
    mode: 0o755,
  });
  const there = openHome(ctx, { ...home, env: { KB_GIT_REMOTE: path } });
  await expect((await there.kbs.open(spaceId)).push(ctx)).rejects.toThrow(
    /A rule \(hook\) of .* refused the push.*main is protected/,
  );
});
