import type { Ctx } from "#server/lib/ctx.ts";

import type { Given } from "../context/given.ts";

/**
 * What is known, without what came of the run that is read again: a reading is no proof of anything if it was told beforehand what
 * was decided about the very same messages.
 */
export async function withoutAnswers(ctx: Pick<Ctx, "db">, runId: string, given: Given): Promise<Given> {
  const { rows } = await ctx.db.pool.query<{ id: string }>(
    `with told as (
       select id from proposals where run_id = $1
       union
       select p.id from proposals p join proposal_evidence e on e.proposal_id = p.id
         join run_messages rm on rm.message_id = e.message_id and rm.run_id = $1 where p.is_missed)
     select d.id from proposal_decisions d join told on told.id = d.proposal_id where d.id = any($2)
     union all select n.id from notes n join told on told.id = n.proposal_id where n.id = any($3)
     union all select t.id from topics t join notes n on n.id = t.note_id join told on told.id = n.proposal_id where t.id = any($4)`,
    [
      runId,
      given.examples.map(({ decisionId }) => decisionId),
      given.atoms.map(({ noteId }) => noteId),
      given.topics.map(({ id }) => id),
    ],
  );
  const answers = new Set(rows.map(({ id }) => id));
  return {
    ...given,
    examples: given.examples.filter(({ decisionId }) => !answers.has(decisionId)),
    atoms: given.atoms.filter(({ noteId }) => !answers.has(noteId)),
    topics: given.topics.filter(({ id }) => !answers.has(id)),
  };
}
