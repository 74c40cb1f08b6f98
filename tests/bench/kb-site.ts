import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import pg from "pg";

import { emit } from "#server/events/index.ts";
import { createKbs, type Kb } from "#server/kb/index.ts";
import { noteFiles, planNote } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { closeDb, type Db, openDb } from "#server/lib/db.ts";
import { readEnv } from "#server/lib/env.ts";
import { newId } from "#server/lib/ids.ts";
import { createLog } from "#server/lib/log.ts";
import { describeCommit } from "#server/proposals/commit.ts";
import { ROOT } from "#tests/support/command.ts";
import { makers } from "#tests/support/make.ts";

import type { WrittenFile } from "./kb-floor.ts";
import { git } from "./kb-git.ts";
import { draftOf, foldersOf } from "./kb-notes.ts";

/** As many as a worker has (server/worker/start.ts). */
const MAX_CONNECTIONS = 30;

/** One knowledge base of a given size, and a clone of the same content that plain git works in. */
export type Site = {
  /** Commits one more note through Winnow, with everything that belongs to it. @returns the commit */
  commit: () => Promise<string>;
  /** What a commit brought: the note, and the listing that names it. */
  filesOf: (commitHash: string) => Promise<WrittenFile[]>;
  /** Pushes through Winnow what was committed. */
  push: () => Promise<void>;
  /** The clone; its `origin` is a bare repository of its own. */
  clone: string;
  close: () => Promise<void>;
};

/**
 * @param databaseUrl a migrated, empty database: the remote of an environment belongs to the first knowledge base of one
 * @param isPushed whether the knowledge base keeps the remote that it was filled from
 */
export async function openSite(given: {
  dir: string;
  databaseUrl: string;
  size: number;
  isPushed: boolean;
}): Promise<Site> {
  const { dir, databaseUrl, size, isPushed } = given;
  mkdirSync(dir, { recursive: true });
  const [remote, peerRemote, clone] = [join(dir, "kb.git"), join(dir, "peer.git"), join(dir, "clone")];
  const [code] = await once(
    fork(join(ROOT, "tests/bench/kb-fill-process.ts"), [remote, String(size)], { cwd: ROOT }),
    "exit",
  );
  if (code !== 0) throw new Error("The repository could not be filled.");
  await git(dir, "clone", "-q", "--bare", remote, peerRemote);
  await git(dir, "clone", "-q", peerRemote, clone);

  const db = openDb(databaseUrl, { max: MAX_CONNECTIONS });
  const log = createLog({ level: "silent" });
  const make = makers(db);
  const { id: spaceId } = await make.space();
  const { actor } = await make.user({ spaceId });
  const ctx: Ctx = { actor, db, log, now: () => new Date() };
  const open = async (env: Record<string, string>) => {
    const kbs = createKbs({ db, log, homeId: HOME_ID, files: noteFiles, env: readEnv({ DATA_DIR: dir, ...env }) });
    return { kbs, kb: await kbs.open(spaceId) };
  };
  let opened = await open({ KB_GIT_REMOTE: remote });
  if (!isPushed) {
    await opened.kbs.close();
    opened = await open({});
  }
  const { kb, kbs } = opened;
  await fillOperations(db, kb, size);

  const folders = foldersOf(size);
  let made = 0;
  return {
    commit: async () => {
      made += 1;
      return commitNote(ctx, kb, { name: `N${made}`, folder: made % folders });
    },
    filesOf: (commitHash) => filesOf(kb, commitHash),
    push: () => kb.push(ctx),
    clone,
    close: async () => {
      await kbs.close();
      await closeDb(db);
    },
  };
}

const HOME_ID = newId();

/** One approval as server/proposals/apply.ts carries it out. @returns the commit */
async function commitNote(ctx: Ctx, kb: Kb, { name, folder }: { name: string; folder: number }): Promise<string> {
  const draft = draftOf(name, folder);
  const { actor } = ctx;
  const at = ctx.now();
  const { subject, trailers, author } = describeCommit({ action: "add", proposalId: newId(), draft, actor });
  const done = await kb.runOperation(ctx, {
    operationId: newId(),
    kind: "create",
    subject,
    trailers,
    author,
    plan: async (tree) => (await planNote(tree, { draft, at })).changes,
    inTransaction: async (tx) =>
      emit(tx, { spaceId: kb.spaceId, type: "proposal.applied", subjectId: newId(), actor, at }),
  });
  if (!done) throw new Error("Nothing was committed.");
  return done.commitHash;
}

async function filesOf(kb: Kb, commitHash: string): Promise<WrittenFile[]> {
  const changes = await kb.changesOf(commitHash);
  const files = changes.flatMap(({ path, after }) => (after === null ? [] : [{ path, content: after }]));
  if (files.length !== 2) throw new Error(`A note changed ${files.length} files: it and one listing were expected.`);
  return files;
}

/** What the database knows once each of these notes has been approved; it reads the notes themselves when it opens them first. */
async function fillOperations(db: Db, kb: Kb, size: number): Promise<void> {
  const { rows } = await db.pool.query<{ notes: number }>("select count(*)::int as notes from notes where kb_id = $1", [
    kb.id,
  ]);
  if (rows[0]?.notes !== size) throw new Error(`The index holds ${rows[0]?.notes} notes of ${size}.`);
  await db.pool.query(
    `insert into kb_operations (id, space_id, kb_id, kind, status, subject, files, queued_at, started_at, committed_at, commit_hash)
     select gen_random_uuid(), space_id, kb_id, 'create', 'committed', title, array[path], now(), now(), now(), commit_hash
       from notes where kb_id = $1`,
    [kb.id],
  );
  await db.pool.query("vacuum analyze notes, kb_operations");
}

/** A copy of a database that nobody is connected to. */
export async function copyDatabase(url: string, name: string): Promise<string> {
  const from = new URL(url);
  const admin = new URL(url);
  admin.pathname = "/postgres";
  const client = new pg.Client(admin.href);
  await client.connect();
  await client.query(`create database ${name} template ${from.pathname.slice(1)}`);
  await client.end();
  const copy = new URL(url);
  copy.pathname = `/${name}`;
  return copy.href;
}
