import type { Db } from "#server/lib/db.ts";

import { ProposalDetails, type RuleConditions, SimilarThing } from "../schema.ts";

/** What a rule looks at. */
export type Facts = {
  id: string;
  kind: string;
  confidence: string;
  details: ProposalDetails;
  generatedBy: string;
  sureness: number | null;
  isMissed: boolean;
  recommendation: string;
  /** How alike the thing that is most like it is, 0 to 1. */
  similar: number;
  /** Its own quotes, and who said them where. What came with a merge does not count. */
  quotes: number;
  people: number;
  chatIds: string[];
};

type Row = Omit<Facts, "details" | "similar"> & { details: unknown; similar: unknown };

/** The facts of proposals as they were proposed, whatever somebody made of them since; in the order of their ids as given. */
export async function factsOf(db: Db, spaceId: string, proposalIds: readonly string[]): Promise<Facts[]> {
  const { rows } = await db.pool.query<Row>(
    `select p.id, p.kind, p.confidence, coalesce(first_edit.details, p.details) as details, p.generated_by as "generatedBy", p.sureness, p.is_missed as "isMissed",
            p.recommendation, p."similar", coalesce(e.quotes, 0) as quotes, coalesce(e.people, 0) as people,
            coalesce(e.chats, '{}') as "chatIds"
       from unnest($2::uuid[]) with ordinality as wanted (id, position)
       join proposals p on p.id = wanted.id and p.space_id = $1
       left join lateral (
         select count(*)::int as quotes, count(distinct coalesce(m.contributor_id, m.chat_id))::int as people,
                array_agg(distinct m.chat_id) as chats
           from proposal_evidence q join messages m on m.id = q.message_id
          where q.proposal_id = p.id and q.merged_from_id is null) e on true
       left join lateral (
         select d.before -> 'details' as details from proposal_decisions d
          where d.proposal_id = p.id and d.action = 'edited' order by d.at, d.id limit 1) first_edit on true
      order by wanted.position`,
    [spaceId, proposalIds],
  );
  return rows.map((row) => {
    const similar = SimilarThing.array().safeParse(row.similar).data ?? [];
    return {
      ...row,
      details: ProposalDetails.parse(row.details),
      similar: Math.max(0, ...similar.map((thing) => thing.score)),
    };
  });
}

/**
 * Whether a rule may approve a proposal: one that is new and rests on words that were said. What was missed, retires a note or
 * contradicts one is always for a person.
 */
export function matches(conditions: RuleConditions, facts: Facts): boolean {
  const { details } = facts;
  const isForPeople =
    facts.quotes === 0 ||
    facts.isMissed ||
    facts.recommendation !== "new" ||
    details.retires !== null ||
    details.links.some((link) => link.relation === "contradicts");
  if (isForPeople) return false;
  return (
    allows(conditions.kinds, facts.kind) &&
    allows(conditions.confidence, facts.confidence) &&
    allows(conditions.noteTypes, details.noteType) &&
    allows(conditions.categories, details.category) &&
    allows(conditions.generatedBy, facts.generatedBy) &&
    facts.chatIds.every((chatId) => allows(conditions.chatIds, chatId)) &&
    facts.quotes >= conditions.leastQuotes &&
    facts.people >= conditions.leastPeople &&
    (conditions.leastSureness === null || (facts.sureness ?? -1) >= conditions.leastSureness) &&
    facts.similar <= conditions.mostSimilar
  );
}

const allows = (wanted: readonly string[], value: string | null) =>
  wanted.length === 0 || (value !== null && wanted.includes(value));
