import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import type { RejectCode } from "#prisma/enums.ts";

import { standsIn } from "./likeness.ts";

/** What a reviewer taught with one decision. */
export type Example = {
  decisionId: string;
  /** rejected: said why not. edited: put into other words, then approved. missed: a person had to ask for it, and it was approved. */
  type: "rejected" | "edited" | "missed";
  /** What was said in the chat, checked when it was proposed. */
  quote: string;
  /** As it was proposed. */
  title: string;
  body: string;
  code: RejectCode | null;
  reason: string | null;
  /** The words that were approved in the place of those; null where none were changed. */
  after: { title: string; body: string } | null;
};

/** Older decisions than these many teach nothing new, and each is compared with the whole text. */
const NEWEST_COMPARED = 200;
/** As many characters of a quote or title are compared. */
const COMPARED_LENGTH = 400;
/** Less than this is what any two sentences of one language have in common. */
const LEAST_ALIKE = 0.4;
/** How much of the order comes from likeness; the rest from age. */
const BY_LIKENESS = 0.75;
/** After so many days a decision weighs by age a third of what a fresh one does. */
const FADES_IN_MS = 45 * 86_400_000;

/**
 * The decisions in force that teach something: a rejection with its code or reason, an approval after somebody changed the words
 * (all its edits as one), the approval of what had been missed. A decision that was taken back is in force no more.
 * $1 is the space.
 */
const TAUGHT = `
  select d.id as "decisionId", d.at, d.actor, p.id as "proposalId", said.quote,
         case when d.action = 'rejected' then 'rejected' when p.is_missed then 'missed' else 'edited' end as type,
         coalesce(first_edit.before ->> 'title', p.title) as title, coalesce(first_edit.before ->> 'body', p.body) as body,
         d.code, d.reason,
         case when first_edit.before is not null and d.action <> 'rejected'
              then jsonb_build_object('title', p.title, 'body', p.body) end as after
    from proposals p
    join proposal_decisions d on d.id = p.decision_id
    join lateral (select quote from proposal_evidence e
                   where e.proposal_id = p.id and e.merged_from_id is null order by position limit 1) said on true
    left join lateral (select before from proposal_decisions e
                        where e.proposal_id = p.id and e.action = 'edited' order by at, id limit 1) first_edit
           on (first_edit.before ->> 'title', first_edit.before ->> 'body') is distinct from (p.title, p.body)
   where p.space_id = $1
     and ((d.action = 'rejected' and (d.code is not null or d.reason is not null))
       or (d.action in ('approved', 'merged') and (p.is_missed or first_edit.before is not null)))`;

/**
 * What decisions on things like `text` teach, for the prompt that reads it: those whose quote or title stands in it or nearly so
 * first, newer before older. None that was hidden.
 */
export async function examplesFor(
  ctx: Pick<Ctx, "db" | "now">,
  { spaceId, text, limit }: { spaceId: string; text: string; limit: number },
): Promise<Example[]> {
  const { rows } = await ctx.db.pool.query<Example & { at: Date }>(
    `select "decisionId", type, quote, title, body, code, reason, after, at from (${TAUGHT}) taught
      where not exists (select from hidden_examples h where h.decision_id = taught."decisionId")
      order by at desc limit ${NEWEST_COMPARED}`,
    [spaceId],
  );
  const inText = standsIn(text);
  const now = ctx.now().getTime();
  return rows
    .map(({ at, ...example }) => {
      const alike = Math.max(
        inText(example.quote.slice(0, COMPARED_LENGTH)),
        inText(example.title.slice(0, COMPARED_LENGTH)),
      );
      const fresh = Math.exp(-Math.max(0, now - at.getTime()) / FADES_IN_MS);
      return { example, weight: BY_LIKENESS * (alike < LEAST_ALIKE ? 0 : alike) + (1 - BY_LIKENESS) * fresh };
    })
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, limit)
    .map(({ example }) => example);
}

/** All that reviewers taught, newest first, with who taught it, when, and whether it is left out of the prompts. */
export async function listExamples(ctx: Ctx, { spaceId, limit }: { spaceId: string; limit: number }) {
  const { rows } = await ctx.db.pool.query<
    Example & { proposalId: string; at: Date; actor: Actor; hiddenBy: Actor | null; total: number }
  >(
    `select taught.*, h.hidden_by as "hiddenBy", count(*) over ()::int as total
       from (${TAUGHT}) taught left join hidden_examples h on h.decision_id = taught."decisionId"
      order by at desc limit $2`,
    [spaceId, limit],
  );
  const items = rows.map(({ actor, hiddenBy, ...row }) => ({
    ...row,
    by: actor.name,
    hiddenBy: hiddenBy?.name ?? null,
  }));
  return { total: rows[0]?.total ?? 0, items };
}

/** Leaves a decision out of the prompts of its space. Hiding it twice is hiding it once. */
export async function hideExample(ctx: Ctx, input: { spaceId: string; decisionId: string }): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const [found] = await tx.query("select from proposal_decisions where id = $1 and space_id = $2", [
      input.decisionId,
      input.spaceId,
    ]);
    if (!found) throw new AppError("not_found", "There is no such decision in this space, so nothing was changed.");
    await tx.query(
      `insert into hidden_examples (decision_id, space_id, hidden_by, hidden_at) values ($1, $2, $3, $4)
       on conflict do nothing`,
      [input.decisionId, input.spaceId, ctx.actor, ctx.now()],
    );
  });
}

/** Puts a decision back into the prompts of its space. */
export async function showExample(ctx: Ctx, input: { spaceId: string; decisionId: string }): Promise<void> {
  await ctx.db.pool.query("delete from hidden_examples where decision_id = $1 and space_id = $2", [
    input.decisionId,
    input.spaceId,
  ]);
}
