import type { z } from "zod";

import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import type { Decided } from "./decide.ts";
import { whyNotDecided } from "./refusals.ts";
import { type EditInput, ProposalDetails } from "./schema.ts";

/** Changes the words or fields of a pending proposal; what they were is kept with who changed them. */
export async function edit(ctx: Ctx, input: z.output<typeof EditInput> & { spaceId: string }): Promise<Decided> {
  const { spaceId, proposalId, version } = input;
  return transaction(ctx.db, async (tx) => {
    const [before] = await tx.query<{ title: string; body: string; details: unknown; runId: string | null }>(
      `select title, body, details, run_id as "runId" from proposals
        where id = $1 and space_id = $2 and status = 'pending' and version = $3 for update`,
      [proposalId, spaceId, version],
    );
    if (!before) throw await whyNotDecided(tx, ctx, input);

    const changes = Object.entries(input.details ?? {}).filter(([, value]) => value !== undefined);
    const details = ProposalDetails.parse({ ...ProposalDetails.parse(before.details), ...Object.fromEntries(changes) });
    const after = { title: input.title ?? before.title, body: input.body ?? before.body, details };
    const at = ctx.now();
    await tx.query(
      `update proposals set title = $2, body = $3, details = $4, version = version + 1, edit_count = edit_count + 1, updated_at = $5
        where id = $1`,
      [proposalId, after.title, after.body, after.details, at],
    );
    await tx.query(
      `insert into proposal_decisions (id, space_id, proposal_id, action, actor, before, after, at)
       values ($1, $2, $3, 'edited', $4, $5, $6, $7)`,
      [
        newId(),
        spaceId,
        proposalId,
        ctx.actor,
        { title: before.title, body: before.body, details: before.details },
        after,
        at,
      ],
    );
    emit(tx, {
      spaceId,
      type: "proposal.edited",
      subjectId: proposalId,
      payload: { runId: before.runId },
      actor: ctx.actor,
      at,
    });
    return { id: proposalId, status: "pending", version: version + 1 };
  });
}
