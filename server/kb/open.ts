import { resolve } from "node:path";

import type { Ctx } from "#server/lib/ctx.ts";
import type { Db } from "#server/lib/db.ts";
import type { Env } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import type { Log } from "#server/lib/log.ts";
import { readSetting } from "#server/settings/index.ts";

import { createFolder, findFolder } from "./create.ts";
import { GitError } from "./git/git.ts";
import { openRepository } from "./git/repository.ts";
import type { FileRules, Kb, Kbs } from "./kb.ts";
import { createLock, type KbLock } from "./lock.ts";
import { runOperations } from "./operation.ts";
import { checkPath } from "./paths.ts";
import { tellProgress } from "./progress.ts";
import { recordHead } from "./record.ts";
import { explain } from "./remote/explain.ts";
import { createFetcher } from "./remote/fetch.ts";
import { pushCommits } from "./remote/push.ts";
import { readRemote, type Remote } from "./remote/remote.ts";
import type { Room } from "./room.ts";
import { MAX_NOTE_BYTES } from "./schema.ts";
import { syncKb } from "./sync.ts";
import { createWorkTree } from "./work-tree/work-tree.ts";

type KbOptions = {
  db: Db;
  env: Pick<
    Env,
    "DATA_DIR" | "KB_DIR" | "KB_GIT_BRANCH" | "KB_GIT_REMOTE" | "KB_GIT_USERNAME" | "KB_GIT_TOKEN" | "KB_GIT_SSH_KEY"
  >;
  log: Log;
  /** The id of the data folder that this process sees. */
  homeId: string;
  files: FileRules;
  /** Whether this process may fetch a repository that is not here yet: a request of a person cannot wait for that. */
  mayClone?: boolean;
};
type KbRow = {
  id: string;
  homeId: string;
  branch: string;
  headCommit: string | null;
  pushedCommit: string | null;
  slug: string;
  /** The first knowledge base of all: the one that the environment's remote belongs to. */
  isOldest: boolean;
};
type OpenKb = { kb: Kb; close: () => Promise<void> };

/** A knowledge base that is open may have been moved to another home since it was looked up this long ago. */
const HOME_KNOWN_MS = 5_000;

/** The knowledge bases that this process works on. Each is opened once. */
export function createKbs(options: KbOptions): Kbs {
  const opened = new Map<string, { opening: Promise<OpenKb>; lookedUpMs: number }>();

  const isStillHere = async (spaceId: string): Promise<boolean> => {
    const { rows } = await options.db.pool.query("select from knowledge_bases where space_id = $1 and home_id = $2", [
      spaceId,
      options.homeId,
    ]);
    return rows.length > 0;
  };

  const entryOf = async (spaceId: string) => {
    const known = opened.get(spaceId);
    if (known && performance.now() - known.lookedUpMs < HOME_KNOWN_MS) return known;
    if (known && (await isStillHere(spaceId))) {
      known.lookedUpMs = performance.now();
      return known;
    }
    const another = opened.get(spaceId);
    if (another && another !== known) return another;
    // What could not be opened is not there to be closed.
    if (known)
      void known.opening.then(
        (each) => each.close(),
        () => {},
      );
    const fresh = { opening: openKb(options, spaceId), lookedUpMs: performance.now() };
    opened.set(spaceId, fresh);
    return fresh;
  };

  return {
    open: async (spaceId) => {
      const entry = await entryOf(spaceId);
      try {
        return (await entry.opening).kb;
      } catch (error) {
        if (opened.get(spaceId) === entry) opened.delete(spaceId);
        throw error;
      }
    },
    close: async () => {
      const closing = [...opened.values()];
      opened.clear();
      const settled = await Promise.allSettled(closing.map((each) => each.opening));
      await Promise.all(settled.map(async (each) => each.status === "fulfilled" && each.value.close()));
    },
  };
}

async function openKb(options: KbOptions, spaceId: string): Promise<OpenKb> {
  const { db, env, log, homeId, files } = options;
  const row = await kbRow(options, spaceId);
  if (row.homeId !== homeId) {
    throw new AppError(
      "unavailable",
      "The knowledge base of this space lives in another data folder than the one this process uses. Start Winnow with the DATA_DIR it was made with, or move it here on the Sync page.",
    );
  }
  // One address in the environment can only serve one knowledge base: two would mix their notes there.
  const remote = row.isOldest ? readRemote(env) : null;
  const lock = createLock({
    db,
    kbId: row.id,
    timeoutS: () => readSetting(db, spaceId, "kb.lockTimeoutS"),
    holder: () => describeHolder(db, row.id),
  });
  await db.pool.query("update knowledge_bases set remote = $2 where id = $1 and remote is distinct from $2", [
    row.id,
    remote?.shown ?? null,
  ]);
  const folder = await findOrCreate(options, lock, { ...row, spaceId, remote });
  const repository = openRepository(folder, row.branch);
  const workTree = createWorkTree({ db, log, kbId: row.id, repository });
  const room: Room = {
    kbId: row.id,
    spaceId,
    homeId,
    repository,
    lock,
    workTree,
    files,
    waiting: [],
    remote: remote && { ...remote, fetcher: createFetcher(repository, remote) },
  };
  // What a process did not come to that was killed: to read what it fetched, and to bring a commit into the folder.
  if (row.headCommit === null) await recordFirst(options, room);
  void workTree.bring();
  return {
    kb: openKbOf(room),
    close: async () => {
      await workTree.close();
      await lock.close();
      repository.close();
    },
  };
}

function openKbOf(room: Room): Kb {
  const { kbId, spaceId, repository, remote } = room;
  const commitAt = async (hash: string | undefined) => {
    if (hash === undefined) return repository.tip();
    const commit = await repository.commit(checkHash(hash));
    if (!commit) throw new AppError("not_found", "This commit is not in the knowledge base.");
    return commit;
  };
  return {
    id: kbId,
    spaceId,
    folder: repository.folder,
    branch: repository.branch,
    remote: remote?.shown ?? null,
    runOperation: async (ctx, operation, runOptions) =>
      (await runOperations(ctx, room, [operation], runOptions))[0] ?? null,
    runTogether: (ctx, operations, runOptions) => runOperations(ctx, room, operations, runOptions),
    bringFolder: room.workTree.bring,
    tree: async (commitHash) => repository.files(await commitAt(commitHash)),
    readFile: async (path, commitHash) => repository.files(await commitAt(commitHash)).read(checkPath(path)),
    readBytes: async (path) => {
      const tip = await commitAt(undefined);
      const oid = tip && (await repository.trees.find(tip.tree, checkPath(path)));
      return oid ? repository.trees.blob(oid) : null;
    },
    blob: (oid) => repository.trees.blob(oid),
    log: (path) => repository.history.log(path === undefined ? undefined : checkPath(path)),
    changesOf: async (commitHash) => {
      const commit = await commitAt(commitHash);
      const parent = commit?.parents[0] ? await repository.commit(commit.parents[0]) : null;
      const differences = await repository.trees.diff(parent?.tree ?? null, commit?.tree ?? null);
      const text = (oid: string | null) => (oid === null ? null : repository.trees.text(oid, MAX_NOTE_BYTES));
      return Promise.all(
        differences.map(async ({ path, before, after }) => {
          const [was, is] = await Promise.all([text(before), text(after)]);
          const isText = (was !== null || before === null) && (is !== null || after === null);
          return { path, before: was, after: is, isText };
        }),
      );
    },
    blame: (path) => repository.history.blame(checkPath(path)),
    sync: (ctx, syncOptions) => syncKb(ctx, room, syncOptions),
    push: (ctx) => pushCommits(ctx, room),
  };
}

/** The row of a space's knowledge base; made at first use. */
async function kbRow({ db, env, homeId }: KbOptions, spaceId: string): Promise<KbRow> {
  const read = async () => {
    const { rows } = await db.pool.query<KbRow>(
      `select k.id, k.home_id as "homeId", k.branch, k.head_commit as "headCommit", k.pushed_commit as "pushedCommit", s.slug,
              not exists (select from knowledge_bases o where (o.created_at, o.id) < (k.created_at, k.id)) as "isOldest"
         from knowledge_bases k join spaces s on s.id = k.space_id where k.space_id = $1`,
      [spaceId],
    );
    return rows[0];
  };
  const known = await read();
  if (known) return known;
  await db.pool.query(
    `insert into knowledge_bases (id, space_id, home_id, branch) select $1, id, $3, $4 from spaces where id = $2
     on conflict (space_id) do nothing`,
    [newId(), spaceId, homeId, env.KB_GIT_BRANCH],
  );
  const made = await read();
  if (!made) throw new AppError("not_found", "There is no such space, so it has no knowledge base.");
  return made;
}

async function findOrCreate(
  options: KbOptions,
  lock: KbLock,
  kb: KbRow & { spaceId: string; remote: Remote | null },
): Promise<string> {
  const { db, env, log, mayClone = true } = options;
  const root = env.KB_DIR ? resolve(env.KB_DIR) : resolve(env.DATA_DIR, "kb");
  const found = await findFolder(root, kb.spaceId);
  if (found) return found;
  if (kb.headCommit && !(kb.remote && kb.pushedCommit === kb.headCommit)) throw folderMissing(root);
  if (kb.remote && !mayClone) throw stillFetched(kb.remote);
  return lock.hold(async () => {
    const madeMeanwhile = await findFolder(root, kb.spaceId);
    if (madeMeanwhile) return madeMeanwhile;
    const progress = tellProgress({ db, log, kbId: kb.id });
    const { branch, remote, headCommit } = kb;
    const space = { id: kb.spaceId, slug: kb.slug };
    try {
      return await createFolder({
        ...{ root, space, branch, remote, now: new Date() },
        mustHave: headCommit,
        onProgress: progress.tell,
      });
    } catch (error) {
      if (!remote || !(error instanceof GitError)) throw error;
      throw new AppError("unavailable", explain(error, remote, "sync"));
    } finally {
      await progress.end();
    }
  });
}

/** Reads what a repository holds that the rows do not speak of at all yet. */
async function recordFirst({ db, log }: KbOptions, room: Room): Promise<void> {
  const ctx: Ctx = { actor: { type: "system", name: "kb.start" }, db, log, now: () => new Date() };
  const progress = tellProgress({ db, log, kbId: room.kbId });
  try {
    await room.lock.hold(async () => {
      const tip = await room.repository.tip();
      if (!tip) return;
      if (room.remote) progress.tell({ stage: "reading notes", percent: null });
      await recordHead(ctx, room, null, tip);
    });
  } finally {
    await progress.end();
  }
}

async function describeHolder(db: Pick<Db, "pool">, kbId: string): Promise<string> {
  const { rows } = await db.pool.query<{ subject: string; startedAt: Date }>(
    `select subject, started_at as "startedAt" from kb_operations
      where kb_id = $1 and status = 'running' order by started_at desc limit 1`,
    [kbId],
  );
  const [operation] = rows;
  if (!operation) return "another process is working on it";
  return `“${operation.subject}” has been under way since ${operation.startedAt.toISOString().slice(11, 16)} UTC`;
}

function folderMissing(root: string): AppError {
  return new AppError(
    "unavailable",
    `The folder of this knowledge base is missing from ${root}, although notes were committed to it. Put it back from a backup, or set KB_DIR to where it is now.`,
  );
}

function stillFetched(remote: Remote): AppError {
  return new AppError(
    "unavailable",
    `The knowledge base is still being fetched from ${remote.shown}. The Sync page shows how far that is; what is decided meanwhile is kept and written then.`,
  );
}

function checkHash(hash: string): string {
  if (/^[0-9a-f]{40}$/.test(hash)) return hash;
  throw new AppError(
    "invalid_input",
    "This is not the id of a commit: 40 digits and letters from a to f are expected.",
  );
}
