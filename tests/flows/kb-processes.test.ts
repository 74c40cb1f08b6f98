// Guarantee 4: no write to a knowledge base is lost and none is made twice, by any number of processes.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect } from "vitest";

import { newId } from "#server/lib/ids.ts";
import { openHome, personsGit } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

const run = promisify(execFile);
const WRITER = fileURLToPath(new URL("../support/kb-writer.ts", import.meta.url));

test("three processes write into one knowledge base at once: each operation is one commit, in one line, nothing lost", async ({
  ctx,
  make,
  databaseUrl,
}) => {
  const { id: spaceId } = await make.space();
  const { kbs, homeId, dataDir } = openHome(ctx);
  const ids = Array.from({ length: 20 }, () => newId());
  // Every process is asked for some operations that the others are asked for too.
  const shares = [ids.slice(0, 10), ids.slice(5, 15), ids.slice(10, 20)];
  await Promise.all(
    shares.map((operationIds) =>
      run(process.execPath, [WRITER, JSON.stringify({ databaseUrl, dataDir, homeId, spaceId, operationIds })]),
    ),
  );
  const { folder } = await kbs.open(spaceId);
  const commits = (
    await personsGit(folder, "log", "--format=%(trailers:key=Winnow-Operation,valueonly,separator=)%x20%p")
  ).split("\n");
  expect(commits).toHaveLength(21);
  expect(
    commits
      .map((line) => line.split(" ")[0] ?? "")
      .filter(Boolean)
      .toSorted(),
  ).toEqual(ids.toSorted());
  // One parent each: a straight line.
  expect(commits.slice(0, -1).every((line) => line.split(" ").length === 2)).toBe(true);
  expect((await personsGit(folder, "show", "main:list.md")).split("\n").toSorted()).toEqual(ids.toSorted());
  // The listing and the index of notes have them all, too.
  const listed = (await personsGit(folder, "show", "main:notes/index.md")).matchAll(/\(\/notes\/([^)]+)\.md\)/g);
  expect([...listed].map((match) => match[1] ?? "").toSorted()).toEqual(ids.toSorted());
  const notes = await ctx.db.prisma.note.findMany({ where: { spaceId, path: { startsWith: "notes/" } } });
  expect(notes.map((note) => note.path).toSorted()).toEqual(ids.map((id) => `notes/${id}.md`).toSorted());
  const rows = await ctx.db.prisma.kbOperation.findMany({ where: { spaceId } });
  expect(rows.map((row) => row.status)).toEqual(Array.from({ length: 20 }, () => "committed"));
  expect(new Set(rows.map((row) => row.commitHash)).size).toBe(20);
  await kbs.close();
  expect(await personsGit(folder, "status", "--porcelain")).toBe("");
  // What was written early for an operation that turned out to be done is thrown away.
  expect(await personsGit(folder, "fsck", "--strict", "--no-dangling")).toBe("");
});
