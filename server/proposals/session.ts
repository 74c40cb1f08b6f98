import { enqueue } from "#server/jobs/index.ts";
import type { Kbs, OperationInput } from "#server/kb/index.ts";
import { type Actor, actorRef, type Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { readSetting } from "#server/settings/index.ts";

import { listWritings, operationOf, tellConflicted, type Writing } from "./apply.ts";
import { applySession, type ProposalRef } from "./jobs.ts";

// With the setting `kb.commitPer: session` the approvals of one reviewer wait for each other: they become one commit when the reviewer
// has paused, or has decided the last proposal of the run. Each is an operation of its own all the same.

/** Whoever approves for longer than this without a pause gets a commit in between. */
const LONGEST_SESSION_MS = 15 * 60_000;
/** As many in one commit: more would be no commit that anyone reads. */
const MOST_TOGETHER = 100;

type Pending = { proposalId: string; decisionId: string; at: Date; actor: Actor; isRunReviewed: boolean };

/** Lets a decision that was just made wait for the others of its reviewer. @returns false where it is to be written by itself, now */
export async function joinSession(ctx: Ctx, ref: ProposalRef): Promise<boolean> {
  if ((await readSetting(ctx.db, ref.spaceId, "kb.commitPer")) !== "session") return false;
  const pending = await listPending(ctx, ref.spaceId);
  const mine = pending.find((each) => each.proposalId === ref.proposalId);
  if (!mine) return false;
  const reviewer = actorRef(mine.actor);
  const oldest = pending.find((each) => actorRef(each.actor) === reviewer) ?? mine;
  const now = ctx.now().getTime();
  const isOver = mine.isRunReviewed || now - oldest.at.getTime() > LONGEST_SESSION_MS;
  const pauseMs = isOver ? 0 : (await readSetting(ctx.db, ref.spaceId, "kb.sessionPauseS")) * 1000;
  await transaction(ctx.db, (tx) =>
    enqueue(tx, applySession, { spaceId: ref.spaceId, reviewer }, { runAt: new Date(now + pauseMs) }),
  );
  return true;
}

/** Commits what a reviewer approved and what is not in the KB yet. Safe to run any number of times. */
export async function commitSession(
  deps: { kbs: Kbs },
  ctx: Ctx,
  { spaceId, reviewer }: { spaceId: string; reviewer: string },
): Promise<void> {
  const pending = (await listPending(ctx, spaceId)).filter((each) => actorRef(each.actor) === reviewer);
  const [first] = pending;
  if (!first) return;
  const together = pending.slice(0, MOST_TOGETHER);
  const work: Array<{ ref: ProposalRef; writing: Writing; operation: OperationInput }> = [];
  for (const { proposalId, decisionId } of together) {
    const ref = { spaceId, proposalId };
    const writing = (await listWritings(ctx, ref)).find((each) => each.id === decisionId);
    const operation = writing && (await operationOf(ctx, ref, writing));
    if (operation) work.push({ ref, writing, operation });
  }
  const kb = await deps.kbs.open(spaceId);
  const results = await kb.runTogether(
    { ...ctx, actor: first.actor },
    work.map((each) => each.operation),
    { subject: `Add ${work.length} notes, reviewed by ${first.actor.name}` },
  );
  for (const [index, { ref, writing }] of work.entries()) {
    if (!results[index]) await tellConflicted(ctx, ref, writing);
  }
  if (pending.length > together.length) {
    await transaction(ctx.db, (tx) => enqueue(tx, applySession, { spaceId, reviewer }));
  }
}

/** Decisions in force that write into the KB and have no commit yet, oldest first. */
async function listPending(ctx: Ctx, spaceId: string): Promise<Pending[]> {
  const { rows } = await ctx.db.pool.query<Pending>(
    `select d.proposal_id as "proposalId", d.id as "decisionId", d.at, d.actor, coalesce(r.status = 'reviewed', false) as "isRunReviewed"
       from proposals p
       join proposal_decisions d on d.id = p.decision_id
       left join runs r on r.id = p.run_id
      where p.space_id = $1 and (p.status = 'approved' or (p.status = 'merged' and p.merged_into_note_id is not null))
        and not exists (select from kb_operations o where o.id = d.id and o.status in ('committed', 'pushed', 'conflicted'))
      order by d.at, d.id limit 500`,
    [spaceId],
  );
  return rows;
}
