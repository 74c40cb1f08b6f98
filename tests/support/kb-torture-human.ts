import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { isListing } from "#server/knowledge/index.ts";

import { colleague } from "./kb-remote.ts";
import { FOLDERS, kbFolder, type Torture } from "./kb-torture.ts";
import type { Random } from "./kb-torture-random.ts";
import { personsGit } from "./kb.ts";

/** Someone who works in a clone of the remote, beside Winnow. */
export type Human = {
  /** Goes on until told to stop, and has done some work by then. */
  stop: () => Promise<Human>;
  /** Every commit of theirs that the remote took. */
  commits: string[];
  /** What must stand in the remote at the end: lines that they wrote, each once in all files. */
  lines: string[];
};

/** Where pushes are refused and processes are busy, it takes them a while. */
const MIN_COMMITS = 6;

type Change = { path: string; lines: string[] };

/** Works in the folders that Winnow writes into: adds files, edits and moves notes of Winnow, edits listings, takes names that it wants. */
export async function startHuman(torture: Torture, random: Random): Promise<Human> {
  const folder = await colleague(torture.remote);
  const human: Human = { commits: [], lines: [], stop: async () => human };
  let isOver = false;
  let count = 0;

  const act = async () => {
    // Before the first push there is nothing to work on.
    if ((await personsGit(folder, "ls-remote", "origin", "main")) === "") return;
    await personsGit(folder, "pull", "-q", "--rebase", "origin", "main");
    count += 1;
    const change = await edit(folder, kbFolder(torture), random, count);
    await personsGit(folder, "add", "-A");
    await personsGit(folder, "commit", "-qm", `Theirs ${count}: ${change.path}`);
    if (!(await pushed(folder))) return;
    human.commits.push(await personsGit(folder, "rev-parse", "HEAD"));
    human.lines.push(...change.lines);
  };
  const working = (async () => {
    while (!isOver || human.commits.length < MIN_COMMITS) {
      await act();
      await pause(random.whole(100, 600));
    }
  })();
  working.catch(() => {});
  human.stop = async () => {
    isOver = true;
    await working;
    return human;
  };
  return human;
}

/** Pushes, after what others pushed; gives up what cannot be joined with it, as one may. */
async function pushed(folder: string): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      await personsGit(folder, "push", "-q", "origin", "HEAD:main");
      return true;
    } catch {
      await pause(30);
    }
    try {
      await personsGit(folder, "pull", "-q", "--rebase", "origin", "main");
    } catch {
      await personsGit(folder, "rebase", "--abort").catch(() => {});
      break;
    }
  }
  await personsGit(folder, "reset", "-q", "--hard", "origin/main");
  return false;
}

async function edit(folder: string, kb: string, random: Random, count: number): Promise<Change> {
  const place = random.pick(FOLDERS) ?? "tasks";
  const own = `${place}/theirs-${count}.md`;
  const note = random.pick(notesIn(folder, place));
  const what = random.whole(0, 9);
  if (note && what <= 2) return append(folder, note, `A line by hand ${count}.`);
  if (note && what === 3) {
    const moved = note.replace(/\.md$/, "-moved.md");
    await personsGit(folder, "mv", note, moved);
    return { path: moved, lines: [] };
  }
  if (note && what === 4) {
    append(folder, `${place}/index.md`, `* [Theirs ${count}](/${own})`);
    return write(folder, own, [`# Theirs ${count}`]);
  }
  const taken = what <= 7 ? random.pick(await unpushed(folder, kb)) : undefined;
  if (taken) return write(folder, taken, [`# Theirs, too ${count}`, `Where another was to be ${count}.`]);
  return write(folder, own, [`# Theirs ${count}`, `Written by hand ${count}.`]);
}

/** The notes that Winnow has written and not pushed yet: a file of the same name is one version too many. */
async function unpushed(folder: string, kb: string): Promise<string[]> {
  const paths = (await personsGit(kb, "ls-tree", "-r", "--name-only", "main")).split("\n");
  return paths.filter((path) => !isListing(path) && !existsSync(join(folder, path)));
}

function notesIn(folder: string, place: string): string[] {
  if (!existsSync(join(folder, place))) return [];
  return readdirSync(join(folder, place))
    .toSorted()
    .filter((name) => name.includes("repaint-buoy"))
    .map((name) => `${place}/${name}`);
}

function write(folder: string, path: string, lines: string[]): Change {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  rmSync(join(folder, path), { force: true });
  writeFileSync(join(folder, path), `${lines.join("\n\n")}\n`);
  return { path, lines };
}

function append(folder: string, path: string, line: string): Change {
  appendFileSync(join(folder, path), `\n${line}\n`);
  return { path, lines: [line] };
}
