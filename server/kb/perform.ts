import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { type KbConflict, parkConflict } from "./conflict-rows.ts";
import type { Commit } from "./git/repository.ts";
import type { FileChange, OperationInput, OperationResult } from "./kb.ts";
import type { Held } from "./lock.ts";
import { announceHold, beginRows, dropRows, failRows, type Hold, newHold, type RowBefore } from "./operation-rows.ts";
import { type Planned, prepare, type Prepared, type PreparedUnit } from "./prepare.ts";
import { recordCommits } from "./record.ts";
import type { Room } from "./room.ts";
import type { Unit } from "./unit.ts";
import { announceWhenLong } from "./visible.ts";

// An operation leaves its traces in an order that a crash may cut anywhere: the row with the commit it starts from, then
// the commit with the operation's id in it, then the rows that say so. Whoever comes next looks for each before making it.

/** How often the plan is made again because a person moved the branch in between. */
const MAX_TRIES = 5;

/** Does units under the lock, in their order, and settles the outcome of each. */
export async function perform(ctx: Ctx, room: Room, held: Held, units: readonly Unit[]): Promise<void> {
  const all = units.flatMap((unit) => unit.operations);
  const hold = newHold(ctx, all);
  const announcement = announceWhenLong(ctx, room, hold);
  try {
    const tip = await room.repository.tip();
    // Prepared while the rows are written; thrown away where an earlier try turns out to have come this far.
    const early = prepare(room, units, tip);
    early.catch(() => {});
    const place = { tip: tip?.hash ?? null, startedAt: hold.lockedAt };
    const { before, headCommit } = await beginRows(ctx, room, asked(units), place);
    const found = await findAllDone(room, units, before, { tip, headCommit, hold });
    const rest = units.map((unit) => withoutDone(unit, found)).filter((unit) => unit.operations.length > 0);
    const prepared = found.size === 0 ? early : prepare(room, rest, tip);
    // Whatever was just recorded took in all that came before it.
    const isTakenIn = [...found.keys()].some((id) => !before.get(id)?.commitHash);
    const from = isTakenIn ? (tip?.hash ?? null) : headCommit;
    const made = await commitPrepared(ctx, room, held, rest, { prepared, from, hold });
    const done = new Map([...found, ...made.done]);
    for (const unit of units) {
      const ids = unit.operations.map((operation) => operation.operationId);
      const error = made.errors.get(ids[0] ?? "");
      if (error !== undefined) unit.outcome.reject(error);
      else
        unit.outcome.resolve(
          new Map(ids.flatMap((id) => (done.has(id) ? [[id, done.get(id) as OperationResult]] : []))),
        );
    }
  } catch (error) {
    await failRows(ctx, room, error, hold);
    throw error;
  } finally {
    await announcement.stop();
  }
}

const asked = (units: readonly Unit[]) =>
  units.flatMap(({ operations, ctx, queuedAt }) =>
    operations.map((operation) => ({ ...operation, requestedBy: ctx.actor, queuedAt })),
  );

function withoutDone(unit: Unit, done: ReadonlyMap<string, OperationResult>): Unit {
  return { ...unit, operations: unit.operations.filter(({ operationId }) => !done.has(operationId)) };
}

async function findAllDone(
  room: Room,
  units: readonly Unit[],
  before: ReadonlyMap<string, RowBefore>,
  place: { tip: Commit | null; headCommit: string | null; hold: Hold },
): Promise<Map<string, OperationResult>> {
  const found = new Map<string, OperationResult>();
  for (const { ctx, operations } of units) {
    for (const operation of operations) {
      const done = await findDone(ctx, room, operation, before.get(operation.operationId), place);
      if (done) found.set(operation.operationId, done);
    }
  }
  return found;
}

/** What an earlier try of an operation left behind: its row, or its commit, whose rows are then written. */
async function findDone(
  ctx: Ctx,
  room: Room,
  operation: OperationInput,
  before: RowBefore | undefined,
  { tip, headCommit, hold }: { tip: Commit | null; headCommit: string | null; hold: Hold },
): Promise<OperationResult | null> {
  if (before?.commitHash && before.committedAt) {
    return { commitHash: before.commitHash, committedAt: before.committedAt, isNew: false };
  }
  // Only a try that named its base can have left a commit; and where the rows speak of the tip, none is left unrecorded, unless
  // someone else's commit took it in.
  const since = before?.baseCommit ?? (headCommit === tip?.hash ? null : headCommit);
  if (since === null || !tip || since === tip.hash) return null;
  const { repository } = room;
  const commit = await repository.findOperation(operation.operationId, since);
  if (!commit) return null;
  const parent = commit.parents[0] ? await repository.commit(commit.parents[0]) : null;
  const files = (await repository.trees.diff(parent?.tree ?? null, commit.tree)).map((difference) => difference.path);
  // As they are now: others may have changed them since.
  const tree = repository.files(tip);
  const changes = await Promise.all(
    files.map(async (path): Promise<FileChange> => {
      const content = await tree.read(path);
      return content === null ? { path, delete: true } : { path, content };
    }),
  );
  const place = { from: headCommit, upTo: tip.hash, head: tip.hash, hold };
  await recordCommits(ctx, room, [{ ctx, commit, operations: [{ operation, files, changes }] }], place);
  return { commitHash: commit.hash, committedAt: commit.committedAt, isNew: false };
}

/** Moves the branch to what was prepared, prepares it again if someone was quicker, and says what became of each operation. */
async function commitPrepared(
  ctx: Ctx,
  room: Room,
  held: Held,
  units: readonly Unit[],
  given: { prepared: Promise<Prepared>; from: string | null; hold: Hold },
): Promise<{ done: Map<string, OperationResult>; errors: Map<string, unknown> }> {
  const { from, hold } = given;
  const { repository } = room;
  let prepared = await given.prepared;
  for (let tries = 1; ; tries++) {
    const head = newest(prepared);
    if (head === null) break;
    await held.assertHeld();
    if (await repository.advance(head, prepared.tip?.hash ?? null)) break;
    if (tries === MAX_TRIES) throw movedAllTheTime();
    prepared = await prepare(room, units, await repository.tip());
  }
  const upTo = prepared.tip?.hash ?? null;
  const commits = prepared.units.flatMap(({ unit, commit, planned }) =>
    commit ? [{ ctx: unit.ctx, commit, operations: planned.map(withFiles) }] : [],
  );
  const head = newest(prepared);
  if (head !== null) await recordCommits(ctx, room, commits, { from, upTo, head, hold });
  const errors = new Map<string, unknown>();
  for (const each of prepared.units) {
    if (each.error !== null) await failUnit(room, each, hold, errors);
    else await settleRest(room, each, prepared.tip, hold);
  }
  return { done: new Map(prepared.units.flatMap(doneOf)), errors };
}

const newest = ({ units }: Prepared) => units.findLast((unit) => unit.commit)?.commit?.hash ?? null;
const withFiles = (planned: Planned) => ({ ...planned, files: planned.changes.map((change) => change.path) });

function doneOf({ commit, planned }: PreparedUnit): Array<[string, OperationResult]> {
  if (!commit) return [];
  const done = { commitHash: commit.hash, committedAt: commit.committedAt, isNew: true };
  return planned.map(({ operation }) => [operation.operationId, done]);
}

/** Says why nothing of a unit could be done. The others of its turn go on. */
async function failUnit(
  room: Room,
  { unit, error }: PreparedUnit,
  hold: Hold,
  errors: Map<string, unknown>,
): Promise<void> {
  const ids = unit.operations.map((operation) => operation.operationId);
  await failRows(unit.ctx, room, error, hold, ids);
  for (const id of ids) errors.set(id, error);
}

/** Parks what conflicts, and forgets what had nothing to do. */
async function settleRest(
  room: Room,
  { unit, planned, conflicts }: PreparedUnit,
  tip: Commit | null,
  hold: Hold,
): Promise<void> {
  for (const { operation, conflict } of conflicts) await park(unit.ctx, room, operation, conflict, tip, hold);
  const told = new Set([...planned, ...conflicts].map(({ operation }) => operation.operationId));
  const idle = unit.operations.filter(({ operationId }) => !told.has(operationId));
  await dropRows(
    unit.ctx,
    room,
    idle.map((operation) => operation.operationId),
    hold,
  );
}

function movedAllTheTime(): AppError {
  return new AppError(
    "unavailable",
    "The knowledge base's branch is being moved by someone else all the time, so nothing was written. It is tried again; if this stays, see what works in its folder.",
  );
}

/** Keeps both versions for a person, and says so in the operation's row. */
async function park(
  ctx: Ctx,
  room: Room,
  operation: OperationInput,
  conflict: KbConflict,
  tip: Commit | null,
  hold: Hold,
): Promise<void> {
  const [file] = conflict.files;
  const theirAuthor =
    (tip && file && (await room.repository.history.authorOf(tip.hash, file.path))) ?? operation.author;
  await transaction(ctx.db, async (tx) => {
    const [row] = await tx.query<{ base: string | null }>(
      `update kb_operations set status = 'conflicted', finished_at = $2, failure = $3 where id = $1
       returning base_commit as base`,
      [operation.operationId, ctx.now(), `${conflict.message} Choose on the Sync page what is to stand there.`],
    );
    await tx.query("delete from kb_conflicts where operation_id = $1 and status = 'open'", [operation.operationId]);
    await parkConflict(tx, ctx, room, {
      source: "operation",
      operationId: operation.operationId,
      subject: operation.subject,
      baseCommit: operation.proposed?.base ?? row?.base ?? null,
      theirCommit: tip?.hash ?? null,
      ourAuthor: operation.author,
      theirAuthor,
      files: conflict.files,
    });
    if (hold.isAnnounced) announceHold(tx, ctx, room, hold);
  });
}
