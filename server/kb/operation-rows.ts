import { hostname } from "node:os";

import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { emit } from "#server/events/index.ts";
import type { JobCall } from "#server/jobs/index.ts";

import { closeConflictsOf } from "./conflict-rows.ts";
import { subjectLine } from "./git/commit-text.ts";
import type { Room } from "./room.ts";
import type { OperationKind } from "./schema.ts";

/** What the row of an operation says of it, whatever it is that does the work. */
export type Named = {
  operationId: string;
  kind: OperationKind;
  subject: string;
  proposalId?: string | undefined;
  retry?: JobCall | undefined;
  /** For whom, and since when it waits; whoever does it, and now, when not given. */
  requestedBy?: Actor;
  queuedAt?: Date;
};

/** What the row of an operation said before this try. */
export type RowBefore = { id: string; baseCommit: string | null; commitHash: string | null; committedAt: Date | null };

/** A time under the lock, for the two events that tell of it. */
export type Hold = { operationIds: string[]; lockedAt: Date; isAnnounced: boolean; isReleased: boolean };

export function newHold(ctx: Ctx, operations: ReadonlyArray<Pick<Named, "operationId">>): Hold {
  const operationIds = operations.map((each) => each.operationId);
  return { operationIds, lockedAt: ctx.now(), isAnnounced: false, isReleased: false };
}

const CUT_OFF = "Its process ended before it could say what came of this. Whatever it had brought in is there.";
const WORKED_BY = `${hostname()}:${process.pid}`;

/** Notes that operations wait for their turn; one that waits already, or has its commit, stays as it is. */
export async function queueRows(ctx: Ctx, room: Room, operations: readonly Named[], queuedAt: Date): Promise<void> {
  await ctx.db.pool.query(
    `insert into kb_operations (id, space_id, kb_id, kind, status, subject, proposal_id, requested_by, retry_job, files, queued_at)
     select g.id, $2, $3, g.kind, 'queued', g.subject, g.proposal_id, g.requested_by, g.retry_job, '{}', $4 from ${GIVEN}
     on conflict (id) do update set status = 'queued', queued_at = excluded.queued_at, failure = null
       where kb_operations.status = 'failed'`,
    [given(ctx, operations), room.spaceId, room.kbId, queuedAt],
  );
}

/**
 * Notes that operations are under way, and from which commit they started first. One that has its commit stays as it is.
 * @returns what each row said before, and the newest commit that the rows speak of
 * @throws AppError `unavailable` where the knowledge base has moved to another home since it was opened here
 */
export async function beginRows(
  ctx: Ctx,
  room: Room,
  operations: readonly Named[],
  { tip, startedAt }: { tip: string | null; startedAt: Date },
): Promise<{ before: Map<string, RowBefore>; headCommit: string | null }> {
  const { rows } = await ctx.db.pool.query<
    { headCommit: string | null; givenId: string; begun: boolean } & { [Key in keyof RowBefore]: RowBefore[Key] | null }
  >(
    `with home as (
       -- A move that is under way is waited for.
       select head_commit from knowledge_bases where id = $3 and home_id = $4 for key share
     ), cut_off as (
       -- Whoever holds the lock is the only one at work: the others were cut off. Those that have a job are tried again by it.
       update kb_operations o set status = 'failed', failure = $8
        where o.kb_id = $3 and o.status = 'running' and o.kind in ('sync', 'hand')
     ), before as (
       select o.* from ${GIVEN} join kb_operations o on o.id = g.id and o.kb_id = $3 for update of o
     ), begun as (
       insert into kb_operations (id, space_id, kb_id, kind, status, subject, proposal_id, requested_by, retry_job, worked_by,
                                  attempts, files, base_commit, queued_at, started_at)
       select g.id, $2, $3, g.kind, 'running', g.subject, g.proposal_id, g.requested_by, g.retry_job, $5, 1, '{}', $6, g.queued_at, $7
         from ${GIVEN}, home
       on conflict (id) do update
         set status = 'running', worked_by = excluded.worked_by, attempts = kb_operations.attempts + 1,
             started_at = excluded.started_at, finished_at = null, failure = null,
             queued_at = case when kb_operations.status = 'queued' then kb_operations.queued_at else excluded.queued_at end,
             base_commit = coalesce(kb_operations.base_commit, excluded.base_commit),
             retry_job = coalesce(excluded.retry_job, kb_operations.retry_job)
         where kb_operations.kb_id = excluded.kb_id and kb_operations.status not in ('committed', 'pushed')
       returning id
     )
     select home.head_commit as "headCommit", g.id as "givenId", b.id, b.base_commit as "baseCommit",
            b.commit_hash as "commitHash", b.committed_at as "committedAt",
            (b.id is not null or exists (select from begun where begun.id = g.id)) as begun
       from home, ${GIVEN} left join before b on b.id = g.id`,
    [given(ctx, operations), room.spaceId, room.kbId, room.homeId, WORKED_BY, tip, startedAt, CUT_OFF],
  );
  if (rows.length === 0) throw movedAway();
  const stranger = rows.find((row) => !row.begun);
  if (stranger) throw new Error(`The operation ${stranger.givenId} belongs to another knowledge base.`);
  const before = rows.flatMap(({ id, baseCommit, commitHash, committedAt }) =>
    id === null ? [] : [[id, { id, baseCommit, commitHash, committedAt }] as const],
  );
  return { before: new Map(before), headCommit: rows[0]?.headCommit ?? null };
}

/** Said to whoever has a knowledge base open in a data folder that it does not live in any more. */
export function movedAway(): AppError {
  return new AppError(
    "unavailable",
    "This knowledge base has been moved to another data folder, so nothing was written here. It goes on there.",
  );
}

/** Says of what was cut off while it took in commits of others that it was, where no operation begins that would. Under the lock. */
export async function failCutOff(tx: Tx, { kbId }: Room): Promise<void> {
  await tx.query(
    `update kb_operations set status = 'failed', failure = $2 where kb_id = $1 and status = 'running' and kind in ('sync', 'hand')`,
    [kbId, CUT_OFF],
  );
}

/** Forgets operations that turned out to have nothing to do. */
export async function dropRows(ctx: Ctx, room: Room, operationIds: readonly string[], hold: Hold): Promise<void> {
  if (operationIds.length === 0) return;
  await transaction(ctx.db, async (tx) => {
    const closed = await closeConflictsOf(tx, ctx, operationIds);
    await tx.query("delete from kb_operations where id = any($1) and status = 'running'", [operationIds]);
    if (closed > 0 || hold.isAnnounced) announceHold(tx, ctx, room, hold);
  });
}

/** Keeps why a try failed. Another try may follow; it finds what this one left behind. */
export async function failRows(
  ctx: Ctx,
  room: Room,
  error: unknown,
  hold: Hold,
  operationIds: readonly string[] = hold.operationIds,
): Promise<void> {
  const reason =
    error instanceof AppError ? error.message : "Something unexpected went wrong; the log has the details.";
  try {
    await transaction(ctx.db, async (tx) => {
      await tx.query(
        `update kb_operations set status = 'failed', failure = $2, finished_at = $3
          where id = any($1) and status in ('queued', 'running')`,
        [operationIds, reason, ctx.now()],
      );
      announceHold(tx, ctx, room, hold);
    });
  } catch (cause) {
    // Without the database the rows stay as they are; the error that led here is the one that counts.
    ctx.log.warn({ error: cause, operationIds }, "kb.operation could not note that it failed");
  }
}

/** Says why operations got no turn. What is stopped with its process waits on, and is tried again. */
export async function failWaiting(ctx: Ctx, operationIds: readonly string[], error: unknown): Promise<void> {
  if (!(error instanceof AppError) || error.code === "cancelled") return;
  await ctx.db.pool.query(
    `update kb_operations set status = 'failed', failure = $2, finished_at = $3 where id = any($1) and status = 'queued'`,
    [operationIds, error.message, ctx.now()],
  );
}

/** Tells who watches that the lock is held, while it is, or that it is free. Never throws: the work itself says if the database is gone. */
export async function tellHold(ctx: Ctx, room: Room, hold: Hold, what: "locked" | "released"): Promise<void> {
  // Before it is written: whoever is done meanwhile does not tell it too.
  if (what === "locked") hold.isAnnounced = true;
  try {
    await transaction(ctx.db, async (tx) => {
      if (what === "released") return announceHold(tx, ctx, room, hold);
      emit(tx, { ...aboutHold(ctx, room, hold), type: "kb.locked", at: hold.lockedAt });
    });
  } catch (error) {
    ctx.log.warn({ error, operationIds: hold.operationIds }, "kb.operation could not tell of the lock");
  }
}

/** Tells who watches that the lock was taken, where that is not told yet, and that it is free. */
export function announceHold(tx: Tx, ctx: Ctx, room: Room, hold: Hold): void {
  if (hold.isReleased) return;
  const about = aboutHold(ctx, room, hold);
  if (!hold.isAnnounced) emit(tx, { ...about, type: "kb.locked", at: hold.lockedAt });
  hold.isAnnounced = true;
  hold.isReleased = true;
  emit(tx, { ...about, type: "kb.released", at: ctx.now() });
}

function aboutHold(ctx: Ctx, { spaceId, kbId }: Room, hold: Hold) {
  return { spaceId, subjectId: kbId, payload: { operationId: hold.operationIds[0] ?? null }, actor: ctx.actor };
}

/** The operations as Postgres reads them: `$1` of each statement above. */
const GIVEN =
  "jsonb_to_recordset($1::jsonb) as g (id uuid, kind text, subject text, proposal_id uuid, retry_job jsonb, requested_by jsonb, queued_at timestamptz)";

function given(ctx: Ctx, operations: readonly Named[]): string {
  return JSON.stringify(
    operations.map(
      ({ operationId, kind, subject, proposalId, retry, requestedBy = ctx.actor, queuedAt = ctx.now() }) => ({
        id: operationId,
        kind,
        subject: subjectLine(subject),
        proposal_id: proposalId ?? null,
        retry_job: retry ?? null,
        requested_by: requestedBy,
        queued_at: queuedAt,
      }),
    ),
  );
}
