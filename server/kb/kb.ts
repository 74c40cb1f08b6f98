import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";

/** What becomes of one file. Paths are relative to the knowledge base, with `/`, and are checked by `checkPath`. */
export type FileChange = { path: string; content: string } | { path: string; delete: true };

/** The files of a knowledge base as of one commit. */
export type KbTree = {
  /** The commit, or null where there is none yet. */
  head: string | null;
  /** The text of a file, or null where there is none. */
  read: (path: string) => Promise<string | null>;
  /** The paths of all files in a folder and below it, sorted; `""` lists everything. */
  list: (folder: string) => Promise<string[]>;
};

export type OperationInput = {
  /** The identity of the work: asked for any number of times, it ends in one commit. */
  operationId: string;
  kind: "write" | "revert";
  /** One line that a person would write. Anything else in it is made harmless. */
  subject: string;
  proposalId?: string;
  /** `Winnow-Operation` is added. */
  trailers: ReadonlyArray<readonly [key: string, value: string]>;
  author: { name: string; email: string };
  /** Decides, at the tip and under the lock, what is written. Null: nothing, and the operation is forgotten. May be called again when the tip moved. */
  plan: (tree: KbTree) => Promise<FileChange[] | null>;
  /**
   * Runs in the one transaction that records the commit: once for each operation, also when a crash came in between.
   * `changes` says what the commit holds; after a crash there was no plan in this process, so take nothing from there.
   */
  inTransaction?: (tx: Tx, commit: { commitHash: string; committedAt: Date; changes: FileChange[] }) => Promise<void>;
};

export type OperationResult = {
  commitHash: string;
  committedAt: Date;
  /** False where an earlier try had made the commit. */
  isNew: boolean;
  /** Files that are in the commit, but stand in the work tree as a person changed them there. */
  leftAlone: string[];
};

export type KbCommit = { hash: string; subject: string; author: string; committedAt: Date };

/** A knowledge base: a repository of files with one writer at a time, whoever and wherever that is. */
export type Kb = {
  id: string;
  spaceId: string;
  /** Where its files can be opened. */
  folder: string;
  branch: string;
  /** Where it is pushed to, without credentials; null where it is local only. */
  remote: string | null;
  /**
   * Does one unit of work under the lock: plan, commit, and the rows that record it.
   * @throws AppError `unavailable` when the lock is not to be had in time, `invalid_input` for a path that may not be written
   */
  runOperation: (ctx: Ctx, operation: OperationInput) => Promise<OperationResult | null>;
  /** The files as of the newest commit, for reading outside the lock. */
  tree: () => Promise<KbTree>;
  /** The text of a file at a commit (the newest when not given), or null where there is none. */
  readFile: (path: string, commitHash?: string) => Promise<string | null>;
  /** The newest commits, at most 50, of one file or of all. */
  log: (path?: string) => Promise<KbCommit[]>;
  /** Files that people changed in the work tree and that are left as they are. */
  leftAlone: () => Promise<string[]>;
  /** Brings all commits to the remote, where there is one; see `kbPush`. */
  push: (ctx: Ctx) => Promise<void>;
};

export type Kbs = {
  /** The knowledge base of a space; made at first use. */
  open: (spaceId: string) => Promise<Kb>;
  /** Ends the git processes and lock connections of this process; work under way is awaited. */
  close: () => Promise<void>;
};
