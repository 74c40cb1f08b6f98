// Uncommitted edits made by hand are never thrown away, and people who use git in the folder see their own changes only.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { expect } from "vitest";

import { setSetting } from "#server/settings/index.ts";
import { openHome, personsGit, temporaryFolder, writing } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

import { openRepository } from "../git/repository.ts";
import { kbStatus } from "../queries.ts";
import { packLooseObjects } from "./git-index.ts";

const text = (folder: string, path: string) => readFileSync(join(folder, path), "utf8");

test("a file edited by hand is left alone and named, and never comes into a commit of ours", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  await kb.runOperation(ctx, writing("topics/a/note.md", "first\n"));
  writeFileSync(join(kb.folder, "topics/a/note.md"), "by hand\n");
  writeFileSync(join(kb.folder, "topics/a/new.md"), "by hand, too\n");
  const second = await kb.runOperation(ctx, writing("topics/a/note.md", "second\n"));
  const third = await kb.runOperation(ctx, writing("topics/a/new.md", "ours\n"));
  const fourth = await kb.runOperation(ctx, writing("topics/a/other.md", "other\n"));

  expect([second, third, fourth].map((result) => result?.leftAlone)).toEqual([
    ["topics/a/note.md"],
    ["topics/a/new.md", "topics/a/note.md"],
    ["topics/a/new.md", "topics/a/note.md"],
  ]);
  expect([text(kb.folder, "topics/a/note.md"), text(kb.folder, "topics/a/new.md")]).toEqual([
    "by hand\n",
    "by hand, too\n",
  ]);
  expect(await kb.readFile("topics/a/note.md")).toBe("second\n");
  expect(await kb.readFile("topics/a/new.md")).toBe("ours\n");

  // Taken back to what is committed, the file is ours again.
  writeFileSync(join(kb.folder, "topics/a/note.md"), "second\n");
  rmSync(join(kb.folder, "topics/a/new.md"));
  writeFileSync(join(kb.folder, "topics/a/new.md"), "ours\n");
  expect(await kb.runOperation(ctx, writing("topics/a/note.md", "third\n"))).toMatchObject({ leftAlone: [] });
  expect(text(kb.folder, "topics/a/note.md")).toBe("third\n");
});

test("a file taken away by hand stays away; one taken back leaves no empty folder", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  await setSetting(ctx, { spaceId, key: "kb.handEdits", value: "leave" });
  const kb = await openHome(ctx).kbs.open(spaceId);
  await kb.runOperation(ctx, writing("a/1.md", "1"));
  await kb.runOperation(ctx, writing("b/c/2.md", "2"));
  rmSync(join(kb.folder, "a/1.md"));
  await kb.runOperation(ctx, writing("a/1.md", "1, changed"));
  await kb.runOperation(ctx, writing("", "", { plan: async () => [{ path: "b/c/2.md", delete: true }] }));
  expect(existsSync(join(kb.folder, "a/1.md"))).toBe(false);
  expect(existsSync(join(kb.folder, "b"))).toBe(false);
  await kb.sync(ctx);
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ leftAlone: ["a/1.md"] });
});

test("git in the folder shows what a person did, staged or not, and nothing of ours", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const { kbs } = openHome(ctx);
  const kb = await kbs.open(spaceId);
  await kb.runOperation(ctx, writing("a.md", "a\n"));
  await kb.runOperation(ctx, writing("b.md", "b\n"));
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain")).toBe("");
  writeFileSync(join(kb.folder, "a.md"), "staged\n");
  await personsGit(kb.folder, "add", "a.md");
  writeFileSync(join(kb.folder, "b.md"), "edited\n");
  for (let i = 0; i < 5; i++) await kb.runOperation(ctx, writing(`c/${i}.md`, "c\n"));
  await kb.runOperation(ctx, writing("a.md", "ours\n"));
  await kbs.close();
  expect(await personsGit(kb.folder, "status", "--porcelain")).toBe("M  a.md\n M b.md");
  // Their commit holds their changes and keeps ours.
  await personsGit(kb.folder, "commit", "-qm", "By hand");
  expect(await personsGit(kb.folder, "show", "--stat", "--format=", "--name-only", "HEAD")).toBe("a.md");
  expect(await personsGit(kb.folder, "fsck", "--strict")).toBe("");
});

test("git's index is brought up to date after a person's git let go of it", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  writeFileSync(join(kb.folder, ".git/index.lock"), "");
  await kb.runOperation(ctx, writing("a.md", "a\n"));
  await pause(500);
  rmSync(join(kb.folder, ".git/index.lock"));
  expect(await personsGit(kb.folder, "--no-optional-locks", "status", "--porcelain")).not.toBe("");
  await expect
    .poll(() => personsGit(kb.folder, "--no-optional-locks", "status", "--porcelain"), { timeout: 6_000 })
    .toBe("");
});

test("on another branch the work tree is left alone, and notes go on being committed to theirs", async ({
  ctx,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const { kbs } = openHome(ctx);
  const kb = await kbs.open(spaceId);
  await kb.runOperation(ctx, writing("a.md", "a\n"));
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain")).toBe("");
  await personsGit(kb.folder, "switch", "-qc", "mine");
  await kb.runOperation(ctx, writing("b.md", "b\n"));
  expect(existsSync(join(kb.folder, "b.md"))).toBe(false);
  expect(await personsGit(kb.folder, "log", "-1", "--format=%s", "main")).toBe("Write b.md");
  expect(await personsGit(kb.folder, "status", "--porcelain")).toBe("");
  await personsGit(kb.folder, "switch", "-q", "main");
  await kb.runOperation(ctx, writing("c.md", "c\n"));
  expect([text(kb.folder, "b.md"), text(kb.folder, "c.md")]).toEqual(["b\n", "c\n"]);
  await kbs.close();
  expect(await personsGit(kb.folder, "status", "--porcelain")).toBe("");
});

test("what a killed process did not bring into the folder, the next one does", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  await kb.runOperation(ctx, writing("a.md", "a\n"));
  await home.kbs.close();
  // As if it had ended right after the commit.
  const state = text(kb.folder, ".git/winnow-checkout.json");
  const again = openHome(ctx, home);
  await (await again.kbs.open(spaceId)).runOperation(ctx, writing("a.md", "b\n"));
  await again.kbs.close();
  writeFileSync(join(kb.folder, ".git/winnow-checkout.json"), state);
  writeFileSync(join(kb.folder, "a.md"), "a\n");
  writeFileSync(join(kb.folder, ".git/index.lock"), "");
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(join(kb.folder, ".git/index.lock"), longAgo, longAgo);
  const third = openHome(ctx, home);
  await third.kbs.open(spaceId);
  await expect.poll(() => text(kb.folder, "a.md")).toBe("b\n");
  await third.kbs.close();
  expect(await personsGit(kb.folder, "status", "--porcelain")).toBe("");
});

test("a folder that lost its notes of where it stood overwrites nothing", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const home = { dataDir: temporaryFolder() };
  const first = openHome(ctx, home);
  const kb = await first.kbs.open(spaceId);
  await kb.runOperation(ctx, writing("a.md", "a\n"));
  await first.kbs.close();
  writeFileSync(join(kb.folder, "a.md"), "by hand\n");
  writeFileSync(join(kb.folder, ".git/winnow-checkout.json"), "{ half");
  const again = openHome(ctx, { ...home, homeId: first.homeId });
  const result = await (await again.kbs.open(spaceId)).runOperation(ctx, writing("b.md", "b\n"));
  expect(result?.leftAlone).toEqual(["a.md"]);
  expect(text(kb.folder, "a.md")).toBe("by hand\n");
});

test("single objects are packed once there are many, and everything can still be read", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  for (let i = 0; i < 5; i++) await kb.runOperation(ctx, writing(`a/${i}.md`, `${i}`));
  // What counts is how many there are in this folder; these are only names.
  const counted = join(kb.folder, ".git/objects/17");
  mkdirSync(counted, { recursive: true });
  for (let i = 0; i < 50; i++) writeFileSync(join(counted, String(i).padStart(38, "0")), "");
  await packLooseObjects(openRepository(kb.folder, "main"));
  rmSync(counted, { recursive: true });
  expect(readdirSync(join(kb.folder, ".git/objects/pack")).some((name) => name.endsWith(".pack"))).toBe(true);
  expect(await kb.readFile("a/3.md")).toBe("3");
  expect(await kb.runOperation(ctx, writing("a/6.md", "6"))).toMatchObject({ isNew: true });
  expect(await personsGit(kb.folder, "fsck", "--strict")).toBe("");
});
