import { resolve } from "node:path";

import type { Db } from "#server/lib/db.ts";
import type { Env } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import type { Log } from "#server/lib/log.ts";
import { readSetting } from "#server/settings/index.ts";

import { createFolder, findFolder } from "./create.ts";
import type { Kb, Kbs } from "./kb.ts";
import { createLock, type KbLock } from "./lock.ts";
import { runOperation } from "./operation.ts";
import { checkPath } from "./paths.ts";
import { pushCommits } from "./remote/push.ts";
import { readRemote } from "./remote/remote.ts";
import { openRepository } from "./git/repository.ts";
import { createWorkTree } from "./work-tree/work-tree.ts";

type KbOptions = {
  db: Db;
  env: Pick<Env, "DATA_DIR" | "KB_DIR" | "KB_GIT_BRANCH" | "KB_GIT_REMOTE" | "KB_GIT_USERNAME" | "KB_GIT_TOKEN">;
  log: Log;
  /** The id of the data folder that this process sees. */
  homeId: string;
};
type KbRow = {
  id: string;
  homeId: string;
  branch: string;
  headCommit: string | null;
  slug: string;
  /** The first knowledge base of all: the one that the environment's remote belongs to. */
  isOldest: boolean;
};
type OpenKb = { kb: Kb; close: () => Promise<void> };

/** The knowledge bases that this process works on. Each is opened once. */
export function createKbs(options: KbOptions): Kbs {
  const opened = new Map<string, Promise<OpenKb>>();
  return {
    open: async (spaceId) => {
      const known = opened.get(spaceId) ?? openKb(options, spaceId);
      opened.set(spaceId, known);
      try {
        return (await known).kb;
      } catch (error) {
        if (opened.get(spaceId) === known) opened.delete(spaceId);
        throw error;
      }
    },
    close: async () => {
      const closing = [...opened.values()];
      opened.clear();
      const settled = await Promise.allSettled(closing);
      await Promise.all(settled.map(async (each) => each.status === "fulfilled" && each.value.close()));
    },
  };
}

async function openKb(options: KbOptions, spaceId: string): Promise<OpenKb> {
  const { db, env, log, homeId } = options;
  const row = await kbRow(options, spaceId);
  if (row.homeId !== homeId) {
    throw new AppError(
      "unavailable",
      "The knowledge base of this space lives in another data folder than the one this process uses. Start Winnow with the DATA_DIR it was made with.",
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
  const folder = await findOrCreate(options, lock, { ...row, spaceId, remote });
  const repository = openRepository(folder, row.branch);
  const workTree = createWorkTree({ db, log, kbId: row.id, repository });
  const room = { kbId: row.id, spaceId, repository, lock, workTree, hasRemote: remote !== null };
  // A process that was killed right after a commit did not come to this.
  void workTree.bring();
  return {
    kb: {
      id: row.id,
      spaceId,
      folder,
      branch: row.branch,
      remote: remote?.shown ?? null,
      runOperation: (ctx, operation) => runOperation(ctx, room, operation),
      tree: async () => repository.files(await repository.tip()),
      readFile: async (path, commitHash) => {
        const commit = await (commitHash === undefined ? repository.tip() : repository.commit(checkHash(commitHash)));
        return repository.files(commit).read(checkPath(path));
      },
      log: (path) => repository.log(path === undefined ? undefined : checkPath(path)),
      leftAlone: workTree.leftAlone,
      push: async (ctx) => {
        if (remote) await pushCommits(ctx, room, remote);
      },
    },
    close: async () => {
      await workTree.close();
      await lock.close();
      repository.close();
    },
  };
}

/** The row of a space's knowledge base; made at first use. */
async function kbRow({ db, env, homeId }: KbOptions, spaceId: string): Promise<KbRow> {
  const read = async () => {
    const { rows } = await db.pool.query<KbRow>(
      `select k.id, k.home_id as "homeId", k.branch, k.head_commit as "headCommit", s.slug,
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
  { db, env, log }: KbOptions,
  lock: KbLock,
  kb: KbRow & { spaceId: string; remote: ReturnType<typeof readRemote> },
): Promise<string> {
  const root = env.KB_DIR ? resolve(env.KB_DIR) : resolve(env.DATA_DIR, "kb");
  const found = await findFolder(root, kb.spaceId);
  if (found) return found;
  return lock.hold(async () => {
    const madeMeanwhile = await findFolder(root, kb.spaceId);
    if (madeMeanwhile) return madeMeanwhile;
    if (kb.headCommit) {
      throw new AppError(
        "unavailable",
        `The folder of this knowledge base is missing from ${root}, although notes were committed to it. Put it back from a backup, or set KB_DIR to where it is now.`,
      );
    }
    const space = { id: kb.spaceId, slug: kb.slug };
    const folder = await createFolder({ root, space, branch: kb.branch, remote: kb.remote, log, now: new Date() });
    await recordHead(db, kb.id, folder, kb.branch);
    return folder;
  });
}

async function recordHead(db: Pick<Db, "pool">, kbId: string, folder: string, branch: string): Promise<void> {
  const repository = openRepository(folder, branch);
  try {
    const tip = await repository.tip();
    await db.pool.query("update knowledge_bases set head_commit = $2 where id = $1", [kbId, tip?.hash ?? null]);
  } finally {
    repository.close();
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

function checkHash(hash: string): string {
  if (/^[0-9a-f]{40}$/.test(hash)) return hash;
  throw new AppError(
    "invalid_input",
    "This is not the id of a commit: 40 digits and letters from a to f are expected.",
  );
}
