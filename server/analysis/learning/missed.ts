import type { Ctx } from "#server/lib/ctx.ts";

/**
 * The runs that had read, or left out, a message of a proposal before it was made: what was missed, they missed. As SQL.
 * What a run left out because another one had read it was missed by that other one.
 * @param proposal the alias of its row
 */
export const readBefore = (proposal: string) => `
  select rm.run_id from proposal_evidence e
    join run_messages rm on rm.message_id = e.message_id join runs reader on reader.id = rm.run_id
   where e.proposal_id = ${proposal}.id and reader.created_at <= ${proposal}.created_at
     and coalesce(rm.skipped <> 'read_before', rm.read_at is not null)`;

/**
 * Of these messages, those that a run had read or left out, where nothing that was proposed quotes any of them: somebody who asks
 * for them says what was missed. Empty where one was found, or no run has seen them yet.
 */
export async function passedOver(
  ctx: Pick<Ctx, "db">,
  { spaceId, messageIds }: { spaceId: string; messageIds: string[] },
): Promise<string[]> {
  const { rows } = await ctx.db.pool.query<{ id: string }>(
    `select distinct message_id as id from run_messages
      where space_id = $1 and message_id = any($2) and (read_at is not null or skipped is not null)
        and not exists (select from proposal_evidence where space_id = $1 and message_id = any($2))`,
    [spaceId, messageIds],
  );
  return rows.map(({ id }) => id);
}
