import { setTimeout as pause } from "node:timers/promises";

import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { note } from "#server/lib/log.ts";

import { forgetStart } from "../create.ts";
import { git, GitError, gitText } from "../git/git.ts";
import { pastStaleLock } from "../git/stale-locks.ts";
import type { Room } from "../room.ts";
import { takeInRemote } from "../take-in.ts";
import { explain, OUTRUN } from "./explain.ts";
import { trackingRef } from "./fetch.ts";
import { checkOwnConfig, checkRemote, sshConfig } from "./remote.ts";

/** A large push goes on for as long as it moves; git and ssh give up a line that is silent. */
const PUSH_TIMEOUT_MS = 60 * 60_000;
/** How often what others pushed is taken in before the push is left to a later time, and how long the first pause in between is. */
const MAX_ROUNDS = 5;
const FIRST_PAUSE_MS = 50;

/**
 * Pushes all commits, outside the lock. What others pushed meanwhile is taken in first.
 * @throws AppError `unavailable` when the remote could not be reached (the timer tries again), `invalid_input` or `conflict`
 *   when a person has to act. In each case the reason is kept with the knowledge base and the notes stay committed.
 */
export async function pushCommits(ctx: Ctx, room: Room): Promise<void> {
  const { remote } = room;
  if (!remote) return;
  try {
    checkRemote(remote);
    await checkOwnConfig(room.repository);
    const tip = await pushTip(ctx, room, remote);
    if (tip) await recordPush(ctx, room, tip);
  } catch (error) {
    const reason = explain(error, remote);
    await recordFailure(ctx, room, reason);
    if (error instanceof AppError) throw error;
    if (!(error instanceof GitError)) throw error;
    // Not as a cause: what git said may repeat what it was given.
    throw new AppError("unavailable", reason);
  }
}

/** @returns the commit that the remote now has */
async function pushTip(ctx: Ctx, room: Room, remote: NonNullable<Room["remote"]>): Promise<string | null> {
  const { repository, lock, workTree } = room;
  const { gitDir, branch } = repository;
  for (let round = 1; ; round++) {
    const tip = await repository.tip();
    if (!tip) return null;
    try {
      const refspec = `${tip.hash}:refs/heads/${branch}`;
      await git(gitDir, ["push", "--quiet", "--no-follow-tags", "--no-recurse-submodules", "--", remote.url, refspec], {
        config: remote.config,
        env: sshConfig(remote),
        timeoutMs: PUSH_TIMEOUT_MS,
      });
      await pastStaleLock(() => git(gitDir, ["update-ref", trackingRef(branch), tip.hash]));
      await forgetStart(repository);
      remote.fetcher.see(tip);
      return tip.hash;
    } catch (error) {
      if (!isOutrun(error) || round === MAX_ROUNDS) throw error;
    }
    // Others who were outrun too must not all come back at the same moment.
    if (round > 1) await pause(FIRST_PAUSE_MS * 2 ** round * (0.5 + Math.random()));
    const theirs = await remote.fetcher.fetch();
    const queuedAt = ctx.now();
    if (theirs) await lock.hold((held) => takeInRemote(ctx, room, held, theirs, queuedAt));
    await workTree.bring();
  }
}

/** Marks every operation whose commit the remote now has. */
async function recordPush(ctx: Ctx, { kbId, spaceId, repository }: Room, pushed: string): Promise<void> {
  const { rows: waiting } = await ctx.db.pool.query<{ id: string; hash: string }>(
    `select id, commit_hash as hash from kb_operations where kb_id = $1 and status = 'committed'`,
    [kbId],
  );
  // Read after the rows: a commit made since the push is newer and stays out.
  const newer = new Set(
    (await gitText(repository.gitDir, ["rev-list", `${pushed}..refs/heads/${repository.branch}`])).split("\n"),
  );
  const ids = waiting.filter(({ hash }) => !newer.has(hash)).map(({ id }) => id);
  const at = ctx.now();
  await transaction(ctx.db, async (tx) => {
    const done = await tx.query<{ id: string }>(
      `update kb_operations set status = 'pushed', pushed_at = $2 where id = any($1) and status = 'committed' returning id`,
      [ids, at],
    );
    const [kb] = await tx.query<{ wasPushed: string | null; wasFailure: string | null }>(
      `with before as (select pushed_commit, push_failure from knowledge_bases where id = $1 for update)
       update knowledge_bases k set pushed_commit = $2, pushed_at = $3, push_failure = null, ahead = 0, behind = 0 from before where k.id = $1
       returning before.pushed_commit as "wasPushed", before.push_failure as "wasFailure"`,
      [kbId, pushed, at],
    );
    const notes = await tx.query<{ id: string }>(
      `select distinct n.id from notes n join kb_operations o on o.kb_id = n.kb_id and n.path = any(o.files) where o.id = any($1)`,
      [done.map(({ id }) => id)],
    );
    for (const { id } of notes) emit(tx, { spaceId, type: "note.pushed", subjectId: id, actor: ctx.actor, at });
    if (done.length > 0 || kb?.wasPushed !== pushed || kb.wasFailure !== null) {
      emit(tx, { spaceId, type: "kb.synced", subjectId: kbId, payload: { commit: pushed }, actor: ctx.actor, at });
    }
  });
  note({ pushed, operations: ids.length });
}

async function recordFailure(ctx: Ctx, { kbId, spaceId }: Room, reason: string): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const changed = await tx.query(
      "update knowledge_bases set push_failure = $2 where id = $1 and push_failure is distinct from $2 returning id",
      [kbId, reason],
    );
    if (changed.length === 0) return;
    // The attempt is over, without a push; whoever watches asks for the status again.
    emit(tx, {
      spaceId,
      type: "kb.synced",
      subjectId: kbId,
      payload: { isPushed: false },
      actor: ctx.actor,
      at: ctx.now(),
    });
  });
}

/** Whether the remote has commits that are not here. */
function isOutrun(error: unknown): boolean {
  return error instanceof GitError && OUTRUN.test(error.stderr);
}
