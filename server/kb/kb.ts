import type { JobCall } from "#server/jobs/index.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";

import type { OperationKind } from "./schema.ts";

/** What becomes of one file. Paths are relative to the knowledge base, with `/`, and are checked by `checkPath`. */
export type FileChange = { path: string; content: string | Buffer } | { path: string; delete: true };

/** The files of a knowledge base as of one commit. */
export type KbTree = {
  /** The commit, or null where there is none yet. */
  head: string | null;
  /** The text of a file, or null where there is none. */
  read: (path: string) => Promise<string | null>;
  /** The paths of all files in a folder and below it, sorted; `""` lists everything. */
  list: (folder: string) => Promise<string[]>;
  /** The names that stand in a folder itself, those of folders with a `/` behind. */
  names: (folder: string) => Promise<string[]>;
};

export type Author = { name: string; email: string };

/** Decides what is written, at the tip and under the lock: in a moment, and as often as it is asked. Null: nothing. @throws KbConflict */
type Plan = (tree: KbTree) => Promise<FileChange[] | null>;

/** What took its time and was done elsewhere, on a commit that was the newest then. */
type Proposed = { base: string | null; changes: FileChange[] };

export type OperationInput = {
  /** The identity of the work: asked for any number of times, it ends in one commit. */
  operationId: string;
  kind: OperationKind;
  /** One line that a person would write. Anything else in it is made harmless. */
  subject: string;
  proposalId?: string;
  /** `Winnow-Operation` is added. */
  trailers: ReadonlyArray<readonly [key: string, value: string]>;
  author: Author;
  /** An operation that is done with this one: its trailer is in the commit too, and its next try finds it there. */
  alsoDoes?: string;
  /** The job that tries it again, for the button that says so. */
  retry?: JobCall;
  /** Asked under the lock: no means that nothing is written and the operation is forgotten. */
  isWanted?: () => Promise<boolean>;
  /**
   * Runs in the one transaction that records the commit: once for each operation, also when a crash came in between.
   * The index of notes is brought up to date before it.
   */
  inTransaction?: (tx: Tx, commit: { commitHash: string; committedAt: Date; files: string[] }) => Promise<void>;
} & (
  | { plan: Plan; proposed?: never }
  /** Merged onto the tip where that moved; where it cannot be, planned again once, and parked as a conflict without a plan. */
  | { proposed: Proposed; plan?: Plan }
);

export type OperationResult = {
  commitHash: string;
  committedAt: Date;
  /** False where an earlier try had made the commit. */
  isNew: boolean;
};

/** A commit with what people want to know of it. `operationIds` is empty for commits that Winnow did not make. */
export type KbCommit = {
  hash: string;
  subject: string;
  author: string;
  committedAt: Date;
  /** The path that the file had then; null where the commit was not asked for a file. */
  path: string | null;
  operationIds: string[];
};

/** Lines of a file that one commit brought. */
export type BlamedLines = { commit: Omit<KbCommit, "path">; firstLine: number; lines: string[] };

export type RunOptions = { signal?: AbortSignal };

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
   * Does one unit of work under the lock: plan, commit, and the rows that record it. Null: there was nothing to do, or it waits
   * for a person as a conflict.
   * @throws AppError `unavailable` when the lock is not to be had in time, `invalid_input` for a path that may not be written,
   *   `cancelled` when the signal says so while it waits
   */
  runOperation: (ctx: Ctx, operation: OperationInput, options?: RunOptions) => Promise<OperationResult | null>;
  /** Several units of work in one commit; each has its row and its trailer, and is found again by it. */
  runTogether: (
    ctx: Ctx,
    operations: OperationInput[],
    options: RunOptions & { subject: string },
  ) => Promise<Array<OperationResult | null>>;
  /**
   * Waits until the folder has the files of the newest commit: that happens by itself after each operation, a moment later.
   * @returns the files that stand there as a person changed them, and are left alone
   */
  bringFolder: () => Promise<{ leftAlone: string[] }>;
  /** The files as of the newest commit, or of the one that is named, for reading outside the lock. @throws AppError `not_found` for a commit that is not here */
  tree: (commitHash?: string) => Promise<KbTree>;
  /** The text of a file at a commit (the newest when not given), or null where there is none. */
  readFile: (path: string, commitHash?: string) => Promise<string | null>;
  /** The bytes of a file at the newest commit, or null where there is none. */
  readBytes: (path: string) => Promise<Buffer | null>;
  /** The content of an object, by its id. */
  blob: (oid: string) => Promise<Buffer>;
  /** The newest commits, at most 50, of one file or of all. A file is followed to the names that it had before. */
  log: (path?: string) => Promise<KbCommit[]>;
  /** The files that a commit changed, with both texts; null where there was or is none, or where it is no text: then `isText` is false. */
  changesOf: (
    commitHash: string,
  ) => Promise<Array<{ path: string; before: string | null; after: string | null; isText: boolean }>>;
  /** Who brought each line of a file, from the top. */
  blame: (path: string) => Promise<BlamedLines[]>;
  /** Commits what people changed in the folder, takes in the remote, and pushes; what came of it is in the rows. Never throws for the remote's faults. */
  sync: (ctx: Ctx, options?: RunOptions & { isAsked?: boolean }) => Promise<void>;
  /** Brings all commits to the remote, where there is one; see `kbPush`. */
  push: (ctx: Ctx) => Promise<void>;
};

export type Kbs = {
  /** The knowledge base of a space; made at first use. @throws AppError `unavailable` where it lives in another home */
  open: (spaceId: string) => Promise<Kb>;
  /** Ends the git processes and lock connections of this process; work under way is awaited. */
  close: () => Promise<void>;
};

/** What a commit did to the files, for whoever keeps an index of them. Files that are no text, or too large for a note, have no content. */
export type RecordedChange = { path: string; content: string | null };

/** What the knowledge base asks of those who know what its files mean. */
export type FileRules = {
  /** Whether a file is made from others, so that nobody merges it or finds it in conflict. */
  isGenerated: (path: string) => boolean;
  /** The generated files that go with changes to others. `tree` is as it was before the changes. */
  generate: (tree: KbTree, changes: readonly FileChange[]) => Promise<FileChange[]>;
  /** Takes what a commit changed into the index, in the transaction that records it. */
  record: (
    tx: Tx,
    given: {
      spaceId: string;
      kbId: string;
      changes: readonly RecordedChange[];
      commitHash: string;
      committedAt: Date;
      /** The proposal that new notes come from. */
      proposalId: string | null;
      actor: Actor;
    },
  ) => Promise<void>;
};
