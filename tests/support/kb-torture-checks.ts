import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { isListing, parseNote } from "#server/knowledge/index.ts";

import { colleague } from "./kb-remote.ts";
import type { Human } from "./kb-torture-human.ts";
import { FOLDERS, kbFolder, MAX_WAIT_S, type Torture } from "./kb-torture.ts";
import { personsGit } from "./kb.ts";

type Files = Map<string, string>;

/** Everything that must hold once all is settled and the workers were stopped: in the remote, in the folder and in the rows. */
export async function expectNothingLostOrTwice(torture: Torture, human: Human): Promise<void> {
  const folder = kbFolder(torture);
  const head = await personsGit(torture.remote, "rev-parse", "main");
  expect(await personsGit(folder, "rev-parse", "main")).toBe(head);
  await expectSoundRepository(torture.remote);
  await expectSoundRepository(folder);
  expect(await personsGit(folder, "status", "--porcelain")).toBe("");
  const files = await filesOf(torture.remote);
  await expectOneCommitEach(torture);
  await expectOneNoteEach(torture, files);
  await expectAllOfTheirs(torture, human, files);
  await expectRowsAsFiles(torture, files, head);
  await expectNobodyWaits(torture);
  expectListed(files);
}

/** Each listing names the notes of its folder, whoever wrote them, and nothing else. */
function expectListed(files: Files): void {
  for (const folder of FOLDERS) {
    const notes = [...files.keys()].filter((path) => path.startsWith(`${folder}/`) && !isListing(path));
    const listed = [...(files.get(`${folder}/index.md`) ?? "").matchAll(/^\* \[.*?\]\(\/(.+?)\)/gm)];
    expect(new Set(listed.map((match) => match[1]))).toEqual(new Set(notes));
    expect(listed).toHaveLength(notes.length);
  }
}

async function filesOf(remote: string): Promise<Files> {
  const folder = await colleague(remote);
  const paths = (await personsGit(folder, "ls-files", "-z")).split("\0").filter(Boolean);
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

/** Sound as git sees it, and no text anywhere in its history that git itself would have left in a conflict. */
async function expectSoundRepository(folder: string): Promise<void> {
  expect(await personsGit(folder, "fsck", "--strict", "--no-dangling")).toBe("");
  const names = (await personsGit(folder, "rev-list", "--objects", "--no-object-names", "main")).split("\n");
  const options = { cwd: folder, input: names.join("\n"), encoding: "latin1", maxBuffer: 256 * 1024 * 1024 } as const;
  const objects = execFileSync("git", ["cat-file", "--batch"], options);
  expect(objects.match(/^(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|).*/gm)).toBeNull();
}

async function expectOneCommitEach({ db, spaceId, remote }: Torture): Promise<void> {
  const trailers = async (key: string) => {
    const format = `--format=%(trailers:key=${key},valueonly,separator=%x0A)`;
    return (await personsGit(remote, "log", format, "main")).split("\n").filter(Boolean);
  };
  const approved = await db.prisma.proposal.findMany({ where: { spaceId, status: "approved" } });
  expect((await trailers("Winnow-Proposal")).toSorted()).toEqual(approved.map((each) => each.id).toSorted());
  const operations = await trailers("Winnow-Operation");
  expect(operations).toHaveLength(new Set(operations).size);
  expect(operations).toEqual(expect.arrayContaining(approved.map((each) => each.decisionId)));
  const applied = await db.prisma.event.findMany({ where: { spaceId, type: "proposal.applied" } });
  expect(applied.map((event) => event.subjectId).toSorted()).toEqual(approved.map((each) => each.id).toSorted());
}

/** A note for each proposal: in the remote, or kept in a conflict that waits for a person. */
async function expectOneNoteEach({ db, spaceId }: Torture, files: Files): Promise<void> {
  const titles = [...files].filter(([path]) => !isListing(path)).map(([, text]) => parseNote(text).title);
  const parked = await db.prisma.kbConflictFile.findMany({ where: { conflict: { spaceId, status: "open" } } });
  const kept = parked.map(({ ours }) => parseNote(ours ?? "").title);
  const approved = await db.prisma.proposal.findMany({ where: { spaceId, status: "approved" } });
  const count = (title: string) => [...titles, ...kept].filter((each) => each === title).length;
  expect(approved.filter(({ title }) => count(title) !== 1).map(({ title }) => `${title}: ${count(title)}`)).toEqual(
    [],
  );
  expect(await db.prisma.kbConflict.count({ where: { spaceId, status: "preparing" } })).toBe(0);
}

async function expectAllOfTheirs({ remote }: Torture, human: Human, files: Files): Promise<void> {
  const commits = new Set((await personsGit(remote, "rev-list", "main")).split("\n"));
  expect(human.commits.filter((hash) => !commits.has(hash))).toEqual([]);
  const lines = [...files].filter(([path]) => !isListing(path)).flatMap(([, text]) => text.split("\n"));
  const counts = human.lines.map((line) => `${line}: ${lines.filter((each) => each === line).length}`);
  expect(counts).toEqual(human.lines.map((line) => `${line}: 1`));
}

async function expectRowsAsFiles({ db, spaceId }: Torture, files: Files, head: string): Promise<void> {
  const notes = await db.prisma.note.findMany({ where: { spaceId } });
  const expected = [...files]
    .filter(([path]) => path.endsWith(".md") && !isListing(path))
    .map(([path, text]) => `${path}: ${parseNote(text).title}`);
  expect(notes.map(({ path, title }) => `${path}: ${title}`).toSorted()).toEqual(expected.toSorted());
  const kb = await db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } });
  expect(kb).toMatchObject({ headCommit: head, pushedCommit: head });
}

async function expectNobodyWaits({ db, spaceId }: Torture): Promise<void> {
  const operations = await db.prisma.kbOperation.findMany({ where: { spaceId } });
  const waits = operations.map(({ startedAt, queuedAt }) =>
    startedAt ? startedAt.getTime() - queuedAt.getTime() : Infinity,
  );
  expect(Math.max(...waits)).toBeLessThan(MAX_WAIT_S * 1000);
  // A push that is refused three times is left to the next sync.
  const isOurs = { not: { startsWith: "kb.push" } };
  expect(await db.prisma.event.count({ where: { spaceId, type: "job.failed", subjectId: isOurs } })).toBe(0);
  // The sweep of the next night waits for it.
  const { rows: jobs } = await db.pool.query(
    "select task_identifier, attempts, last_error from graphile_worker.jobs where task_identifier not like 'kb.%' and task_identifier <> 'analysis.sweep'",
  );
  expect(jobs).toEqual([]);
}
