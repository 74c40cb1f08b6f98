import type { KbOperation } from "#prisma/client.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { WORKER_SILENT_S } from "./home.ts";
import { KbProblem, KbProgress } from "./schema.ts";

type InSpace = { spaceId: string };

const OPERATIONS_SHOWN = 30;
const CONFLICTS_SHOWN = 50;

/**
 * How a space's knowledge base stands: what is committed, what is pushed, what is in the way. From the rows alone, so that it can be
 * told also where the repository is not at hand. Null before the first use.
 */
export async function kbStatus(ctx: Ctx, { spaceId }: InSpace) {
  const row = await ctx.db.prisma.knowledgeBase.findUnique({ where: { spaceId } });
  if (!row) return null;
  const [unpushed, conflicts, workers] = await Promise.all([
    ctx.db.prisma.kbOperation.count({ where: { kbId: row.id, status: "committed" } }),
    ctx.db.prisma.kbConflict.count({ where: { kbId: row.id, status: "open" } }),
    ctx.db.pool.query(
      "select from worker_processes where home_id = $1 and heartbeat_at > now() - make_interval(secs => $2) limit 1",
      [row.homeId, WORKER_SILENT_S],
    ),
  ]);
  return {
    branch: row.branch,
    headCommit: row.headCommit,
    /** Where notes are pushed to, without credentials; null: they stay on this machine. */
    remote: row.remote,
    pushedCommit: row.pushedCommit,
    pushedAt: row.pushedAt,
    /** Why the last push did not go through, in words. */
    pushFailure: row.pushFailure,
    /** When folder and remote were last looked at, and why that look at the remote failed, in words. */
    syncedAt: row.syncedAt,
    syncFailure: row.syncFailure,
    /** Commits that only one side has, as of that look. */
    ahead: row.ahead,
    behind: row.behind,
    /** Operations that are committed and not pushed. */
    unpushed,
    isPushed: row.remote !== null && row.headCommit !== null && row.pushedCommit === row.headCommit,
    /** How far a first fetch is; null when none is under way. */
    progress: KbProgress.nullable().catch(null).parse(row.progress),
    /** Files that people changed in the folder; Winnow leaves them as they are for now. */
    leftAlone: row.leftAlone,
    /** Why the folder does not follow the commits, with what to do. */
    workTreeNote: row.workTreeNote,
    problems: KbProblem.array().catch([]).parse(row.problems),
    openConflicts: conflicts,
    /** Whether a worker looks after it right now: without one nothing is written, and everything waits. */
    hasWorker: workers.rows.length > 0,
  };
}

/** Who holds the lock of a knowledge base, and who waits for it, in order. */
export async function kbQueue(ctx: Ctx, { spaceId }: InSpace) {
  const { rows } = await ctx.db.pool.query<{
    id: string;
    kind: string;
    status: "queued" | "running";
    subject: string;
    proposalId: string | null;
    requestedBy: Actor;
    workedBy: string | null;
    queuedAt: Date;
    startedAt: Date | null;
    isHeld: boolean;
  }>(
    `select o.id, o.kind, o.status, o.subject, o.proposal_id as "proposalId", o.requested_by as "requestedBy",
            o.worked_by as "workedBy", o.queued_at as "queuedAt", o.started_at as "startedAt",
            exists (select from pg_locks l
                     where l.locktype = 'advisory' and l.granted
                       and l.database = (select oid from pg_database where datname = current_database())
                       and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('winnow.kb.' || o.kb_id, 0)) as "isHeld"
       from kb_operations o join knowledge_bases k on k.id = o.kb_id
      where k.space_id = $1 and o.status in ('queued', 'running') order by o.queued_at, o.id limit 200`,
    [spaceId],
  );
  const running = rows
    .filter((row) => row.status === "running")
    .toSorted((a, b) => Number(b.startedAt) - Number(a.startedAt));
  // Of those that say they are at work only the last one can be: the others were cut off, and wait to be tried again.
  const holder = running[0]?.isHeld ? running[0] : null;
  // What is done in the same turn of the lock is not kept waiting.
  const isInTurn = (row: (typeof rows)[number]) =>
    holder !== null &&
    row.status === "running" &&
    row.workedBy === holder.workedBy &&
    Number(row.startedAt) === Number(holder.startedAt);
  const waiting = rows.filter((row) => !isInTurn(row));
  const present = ({ isHeld: _isHeld, requestedBy, status: _status, ...row }: (typeof rows)[number]) => ({
    ...row,
    for: requestedBy.name,
    isMine: isSame(requestedBy, ctx.actor),
  });
  const mine = waiting.findIndex((row) => isSame(row.requestedBy, ctx.actor));
  return {
    holder: holder && present(holder),
    waiting: waiting.map((row, index) => ({
      ...present(row),
      place: index + 1,
      isInterrupted: row.status === "running",
    })),
    /** One's own place in the queue, from 1; null where one waits for nothing. */
    myPlace: mine < 0 ? null : mine + 1,
  };
}

/** What was written last, newest first, with what came of it. */
export async function kbOperations(
  ctx: Ctx,
  { spaceId, cursor, status }: InSpace & { cursor?: string | undefined; status?: "failed" | "conflicted" | undefined },
) {
  const rows = await ctx.db.prisma.kbOperation.findMany({
    where: { spaceId, ...(status ? { status } : {}) },
    orderBy: [{ queuedAt: "desc" }, { id: "desc" }],
    take: OPERATIONS_SHOWN + 1,
    ...(cursor ? { cursor: { id: cursor, spaceId }, skip: 1 } : {}),
    include: WITH_CONFLICT,
  });
  const items = rows.slice(0, OPERATIONS_SHOWN);
  return {
    items: items.map(presentOperation),
    nextCursor: rows.length > items.length ? (items.at(-1)?.id ?? null) : null,
  };
}

/** One operation, for whoever waits for what they asked for. Null where it had nothing to do, and is forgotten. */
export async function kbOperation(ctx: Ctx, { spaceId, operationId }: InSpace & { operationId: string }) {
  const row = await ctx.db.prisma.kbOperation.findFirst({
    where: { id: operationId, spaceId },
    include: WITH_CONFLICT,
  });
  return row && presentOperation(row);
}

const WITH_CONFLICT = { conflicts: { where: { status: "open" }, select: { id: true } } } as const;

function presentOperation(row: KbOperation & { conflicts: Array<{ id: string }> }) {
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    subject: row.subject,
    proposalId: row.proposalId,
    for: (row.requestedBy as Actor).name,
    files: row.files,
    baseCommit: row.baseCommit,
    commitHash: row.commitHash,
    failure: row.failure,
    attempts: row.attempts,
    queuedAt: row.queuedAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    committedAt: row.committedAt,
    pushedAt: row.pushedAt,
    /** The conflict that waits for a person, where it has one. */
    conflictId: row.conflicts[0]?.id ?? null,
    canRetry: row.retryJob !== null && (row.status === "failed" || row.status === "conflicted"),
  };
}

/** How long operations waited for the lock and held it, in milliseconds, by kind, over the last days; the kind `null` is all of them. */
export async function kbLockTimes(ctx: Ctx, { spaceId, days }: InSpace & { days: number }) {
  const { rows } = await ctx.db.pool.query<{
    kind: string | null;
    count: number;
    waitP50: number;
    waitP95: number;
    waitMax: number;
    holdP50: number;
    holdP95: number;
    holdMax: number;
  }>(
    `with times as (
       select kind, extract(epoch from started_at - queued_at) * 1000 as wait, extract(epoch from finished_at - started_at) * 1000 as hold
         from kb_operations
        where space_id = $1 and queued_at > $2 and started_at is not null and finished_at is not null
     )
     select kind, count(*)::int as count,
            percentile_cont(0.5) within group (order by wait)::float8 as "waitP50",
            percentile_cont(0.95) within group (order by wait)::float8 as "waitP95", max(wait)::float8 as "waitMax",
            percentile_cont(0.5) within group (order by hold)::float8 as "holdP50",
            percentile_cont(0.95) within group (order by hold)::float8 as "holdP95", max(hold)::float8 as "holdMax"
       from times group by grouping sets ((), (kind)) having count(*) > 0 order by count(*) desc, kind nulls first`,
    [spaceId, new Date(ctx.now().getTime() - days * 86_400_000)],
  );
  return { all: rows.find((row) => row.kind === null) ?? null, byKind: rows.filter((row) => row.kind !== null) };
}

/** Conflicts that wait for a person, then those that were resolved last. */
export async function kbConflicts(ctx: Ctx, { spaceId }: InSpace) {
  const rows = await ctx.db.prisma.kbConflict.findMany({
    where: { spaceId, status: { not: "preparing" } },
    orderBy: [{ status: "asc" }, { createdAt: "desc" }, { id: "desc" }],
    take: CONFLICTS_SHOWN,
    include: { files: { select: { path: true }, orderBy: { path: "asc" } } },
  });
  return {
    items: rows.map((row) => ({
      id: row.id,
      source: row.source,
      status: row.status,
      subject: row.subject,
      files: row.files.map((file) => file.path),
      ourAuthor: (row.ourAuthor as { name: string }).name,
      theirAuthor: (row.theirAuthor as { name: string }).name,
      createdAt: row.createdAt,
      resolvedAt: row.resolvedAt,
      resolvedBy: row.resolvedBy ? (row.resolvedBy as Actor).name : null,
    })),
  };
}

/** One conflict with all versions of its files. @throws AppError `not_found` */
export async function kbConflict(ctx: Ctx, { spaceId, conflictId }: InSpace & { conflictId: string }) {
  const row = await ctx.db.prisma.kbConflict.findFirst({
    where: { id: conflictId, spaceId, status: { not: "preparing" } },
    include: { files: { orderBy: { path: "asc" } }, operation: true },
    omit: { resolution: true },
  });
  if (!row) throw new AppError("not_found", "There is no such conflict in this space.");
  return {
    id: row.id,
    source: row.source,
    status: row.status,
    subject: row.subject,
    /** What could not be written; null where two histories met, or a file edited by hand. */
    kind: row.operation?.kind ?? null,
    proposalId: row.operation?.proposalId ?? null,
    ourAuthor: (row.ourAuthor as { name: string }).name,
    theirAuthor: (row.theirAuthor as { name: string }).name,
    createdAt: row.createdAt,
    resolvedAt: row.resolvedAt,
    resolvedBy: row.resolvedBy ? (row.resolvedBy as Actor).name : null,
    /** The operation that writes what was chosen, once someone has: its progress is that of the conflict. */
    resolutionId: row.resolutionId,
    files: row.files.map(({ path, base, ours, theirs, isText, choice }) => ({
      path,
      base,
      ours,
      theirs,
      isText,
      choice,
    })),
  };
}

function isSame(one: Actor, other: Actor): boolean {
  return one.type === "user" && other.type === "user" && one.userId === other.userId;
}
