// Guarantees 1, 2 and 4 under kill -9: whenever the writer dies, each operation ends in exactly one commit.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { expect } from "vitest";

import { newId } from "#server/lib/ids.ts";
import { openHome, personsGit, writing } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

const WRITER = fileURLToPath(new URL("../support/kb-writer.ts", import.meta.url));
const KILLS = 20;

/** Lets a writer work until some milliseconds after it said a word, and kills it. @returns the operations it said were done */
async function killedAfter(word: string, ms: number, orders: object): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, JSON.stringify(orders)], { stdio: ["ignore", "pipe", "inherit"] });
  const done: string[] = [];
  const ended = new Promise((resolve) => child.on("close", resolve));
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === word) resolve();
      if (line.startsWith("done ")) done.push(line.split(" ")[1] ?? "");
    });
  });
  await Promise.race([ready, ended]);
  await pause(ms);
  child.kill("SIGKILL");
  await ended;
  return done;
}

test("a writer killed at any point leaves each operation with one commit after the next try", async ({
  ctx,
  make,
  databaseUrl,
}) => {
  const { id: spaceId } = await make.space();
  const { kbs, homeId, dataDir } = openHome(ctx);
  const kb = await kbs.open(spaceId);
  const all: string[] = [];
  let cutShort = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const operationIds = Array.from({ length: 40 }, () => newId());
    // From the first few milliseconds to somewhere in the middle of a later one.
    const done = await killedAfter("ready", kill * 7 + Math.random() * 20, {
      databaseUrl,
      dataDir,
      homeId,
      spaceId,
      operationIds,
    });
    const tried = operationIds.slice(0, done.length + 1);
    all.push(...tried);
    if (done.length < operationIds.length) cutShort += 1;
    // What was said to be done is done; the one that was cut off is done again.
    for (const operationId of tried) {
      const result = await kb.runOperation(ctx, {
        ...writing("", "", { operationId }),
        plan: async (tree) => [
          { path: "list.md", content: `${(await tree.read("list.md")) ?? ""}${operationId}\n` },
          { path: `notes/${operationId}.md`, content: operationId },
        ],
      });
      expect(result).not.toBeNull();
      if (done.includes(operationId)) expect(result?.isNew).toBe(false);
    }
  }
  expect(cutShort).toBeGreaterThan(KILLS / 2);
  expect(await personsGit(kb.folder, "fsck", "--strict", "--no-dangling")).toBe("");
  const trailers = await personsGit(kb.folder, "log", "--format=%(trailers:key=Winnow-Operation,valueonly,separator=)");
  expect(trailers.split("\n").filter(Boolean).toSorted()).toEqual(all.toSorted());
  expect((await personsGit(kb.folder, "show", "main:list.md")).split("\n").toSorted()).toEqual(all.toSorted());
  const notes = await ctx.db.prisma.note.findMany({ where: { spaceId, path: { startsWith: "notes/" } } });
  expect(notes.map((note) => note.path).toSorted()).toEqual(all.map((id) => `notes/${id}.md`).toSorted());
  const listing = await personsGit(kb.folder, "show", "main:notes/index.md");
  expect(listing.match(/^\* \[/gm)).toHaveLength(all.length);
  const rows = await ctx.db.prisma.kbOperation.findMany({ where: { spaceId, id: { in: all } } });
  expect(rows.map((row) => row.status)).toEqual(all.map(() => "committed"));
  await kbs.close();
  expect(await personsGit(kb.folder, "status", "--porcelain")).toBe("");
});

test("a writer killed between its commit and the rows: its lock is free at once, and the next try completes the rows", async ({
  ctx,
  make,
  databaseUrl,
}) => {
  const { id: spaceId } = await make.space();
  const { kbs, homeId, dataDir } = openHome(ctx);
  const kb = await kbs.open(spaceId);
  const operationId = newId();
  const orders = { databaseUrl, dataDir, homeId, spaceId, operationIds: [operationId], stopBeforeRows: true };
  expect(await killedAfter("committed", 0, orders)).toEqual([]);
  const commitHash = await personsGit(kb.folder, "rev-parse", "main");
  const { status } = await ctx.db.prisma.kbOperation.findUniqueOrThrow({ where: { id: operationId } });
  expect(status).toBe("running");

  const startedMs = performance.now();
  const next = await kb.runOperation(ctx, writing("other.md", "other"));
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  const result = await kb.runOperation(
    ctx,
    writing("", "", { operationId, plan: () => Promise.reject(new Error("planned")) }),
  );
  expect(result).toMatchObject({ isNew: false, commitHash });
  expect(await personsGit(kb.folder, "rev-list", "main")).toMatch(
    new RegExp(`^${next?.commitHash}\\n${commitHash}\\n\\w+$`),
  );
  await kbs.close();
  expect(await personsGit(kb.folder, "status", "--porcelain")).toBe("");
});
