import type { z } from "zod";

import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import type {
  Confidence,
  OperationStatus,
  ProposalKind,
  ProposalStatus,
  Recommendation,
  RejectCode,
} from "#prisma/enums.ts";

import { type ListInput, ProposalDetails, wordsOfCode } from "./schema.ts";

type ProposalRow = {
  id: string;
  /** Null for a note that someone wrote in the chat. */
  runId: string | null;
  kind: ProposalKind;
  status: ProposalStatus;
  version: number;
  title: string;
  body: string;
  details: unknown;
  confidence: Confidence;
  reasons: string[];
  generatedBy: string;
  sureness: number | null;
  isMissed: boolean;
  recommendation: Recommendation;
  recommendationWhy: string | null;
  similarCount: number;
  hasEvidence: boolean;
  editCount: number;
  createdAt: Date;
  decidedBy: Actor | null;
  decidedAt: Date | null;
  decisionReason: string | null;
  decisionCode: RejectCode | null;
  autoRuleName: string | null;
  mergedIntoId: string | null;
  mergedIntoNoteId: string | null;
  chatTitle: string | null;
  operationStatus: OperationStatus | null;
  commitHash: string | null;
  operationFailure: string | null;
  noteId: string | null;
};

type EvidenceRow = {
  id: string;
  proposalId: string;
  messageId: string;
  quote: string;
  startOffset: number;
  endOffset: number;
  authorName: string;
  sentAt: Date;
  permalink: string | null;
  chatTitle: string;
  sourceChanged: boolean;
};

/** Where something was said that is of no run. */
const CHAT_OF_FIRST_QUOTE = `(
  select said_in.title
    from proposal_evidence e join messages on messages.id = e.message_id join chats said_in on said_in.id = messages.chat_id
   where e.proposal_id = p.id order by e.position, e.id limit 1)`;

const SELECT = `
  select p.id, p.run_id as "runId", p.kind, p.status, p.version, p.title, p.body, p.details, p.confidence, p.reasons,
         p.generated_by as "generatedBy", p.sureness, p.is_missed as "isMissed", p.recommendation,
         p.recommendation_why as "recommendationWhy", jsonb_array_length(p."similar") as "similarCount", p.has_evidence as "hasEvidence", p.edit_count as "editCount",
         p.created_at as "createdAt", p.decided_by as "decidedBy", p.decided_at as "decidedAt",
         p.decision_reason as "decisionReason", p.decision_code as "decisionCode",
         (select name from approval_rules where id = p.auto_rule_id) as "autoRuleName", p.merged_into_id as "mergedIntoId", p.merged_into_note_id as "mergedIntoNoteId",
         coalesce(chats.title, ${CHAT_OF_FIRST_QUOTE}) as "chatTitle", op.status as "operationStatus", op.commit_hash as "commitHash", op.failure as "operationFailure",
         coalesce(p.merged_into_note_id, (select notes.id from notes where notes.proposal_id = p.id limit 1)) as "noteId"
    from proposals p
    left join batches on batches.id = p.batch_id
    left join chats on chats.id = batches.chat_id
    left join kb_operations op on op.id = p.decision_id`;

/** A page of proposals: the pending ones oldest first, decided ones newest first. */
export async function listProposals(ctx: Ctx, input: z.output<typeof ListInput> & { spaceId: string }) {
  const isQueue = input.status.length === 1 && input.status[0] === "pending";
  // Two orders, each served by keyset so that page 100 costs what page 1 costs.
  const order = isQueue
    ? {
        by: "p.created_at, p.id",
        after: "(p.created_at, p.id) > (select created_at, id from proposals where id = $6 and space_id = $1)",
      }
    : {
        by: "p.updated_at desc, p.id desc",
        after: "(p.updated_at, p.id) < (select updated_at, id from proposals where id = $6 and space_id = $1)",
      };
  const { rows } = await ctx.db.pool.query<ProposalRow>(
    `${SELECT}
      where p.space_id = $1 and ${isQueue ? `p.status = 'pending' and $2::text[] is not null` : `p.status = any($2::text[]::"ProposalStatus"[])`}
        and ($3::text is null or p.kind = $3::"ProposalKind")
        and ($4::uuid is null or p.run_id = $4)
        and ($5::text is null or p.title ilike $5 or p.body ilike $5)
        and ($6::uuid is null or ${order.after})
      order by ${order.by} limit $7`,
    [
      input.spaceId,
      input.status,
      input.kind ?? null,
      input.runId ?? null,
      input.search ? `%${input.search.replace(/[\\%_]/g, String.raw`\$&`)}%` : null,
      input.cursor ?? null,
      input.limit + 1,
    ],
  );
  const page = rows.slice(0, input.limit);
  const [evidence, counts] = await Promise.all([
    evidenceOf(
      ctx,
      page.map((row) => row.id),
    ),
    countByStatus(ctx, input),
  ]);
  return {
    items: page.map((row) => presentProposal(row, evidence.get(row.id) ?? [])),
    nextCursor: rows.length > input.limit ? (page.at(-1)?.id ?? null) : null,
    counts,
  };
}

/** One proposal with everything that was done to it, newest first. */
export async function proposalById(ctx: Ctx, { spaceId, proposalId }: { spaceId: string; proposalId: string }) {
  const { rows } = await ctx.db.pool.query<ProposalRow>(`${SELECT} where p.space_id = $1 and p.id = $2`, [
    spaceId,
    proposalId,
  ]);
  const [row] = rows;
  if (!row) throw new AppError("not_found", "There is no such proposal in this space.");
  const [evidence, history] = await Promise.all([
    evidenceOf(ctx, [proposalId]),
    ctx.db.prisma.proposalDecision.findMany({
      where: { proposalId, spaceId },
      orderBy: [{ at: "desc" }, { id: "desc" }],
    }),
  ]);
  return {
    ...presentProposal(row, evidence.get(proposalId) ?? []),
    history: history.map((decision) => ({
      id: decision.id,
      action: decision.action,
      actorName: (decision.actor as Actor).name,
      reason: decision.reason ?? (decision.code && wordsOfCode(decision.code)),
      at: decision.at,
    })),
  };
}

async function evidenceOf(ctx: Ctx, proposalIds: string[]): Promise<Map<string, EvidenceRow[]>> {
  const { rows } = await ctx.db.pool.query<EvidenceRow>(
    `select e.id, e.proposal_id as "proposalId", e.message_id as "messageId", e.quote, e.start_offset as "startOffset",
            e.end_offset as "endOffset", coalesce(contributors.display_name, chats.title) as "authorName",
            messages.sent_at as "sentAt", messages.permalink, chats.title as "chatTitle",
            messages.revision > e.revision as "sourceChanged"
       from proposal_evidence e
       join messages on messages.id = e.message_id
       join chats on chats.id = messages.chat_id
       left join contributors on contributors.id = messages.contributor_id
      where e.proposal_id = any($1) order by e.position, e.id`,
    [proposalIds],
  );
  return Map.groupBy(rows, (row) => row.proposalId);
}

/** How many proposals each tab of the queue holds, with the same filters. */
async function countByStatus(ctx: Ctx, input: z.output<typeof ListInput> & { spaceId: string }) {
  const counts: Record<ProposalStatus, number> = { pending: 0, approved: 0, rejected: 0, merged: 0 };
  if (!input.kind && !input.search) {
    // The runs count along with every decision, so that only what is of no run has to be counted.
    const { rows } = await ctx.db.pool.query<typeof counts>(
      `with parts as (
         select proposals_pending as pending, proposals_approved as approved, proposals_rejected as rejected,
                proposals_merged as merged
           from runs where space_id = $1 and ($2::uuid is null or id = $2)
         union all
         select count(*) filter (where status = 'pending'), count(*) filter (where status = 'approved'),
                count(*) filter (where status = 'rejected'), count(*) filter (where status = 'merged')
           from proposals where space_id = $1 and run_id is null and $2::uuid is null
       )
       select sum(pending)::int as pending, sum(approved)::int as approved, sum(rejected)::int as rejected,
              sum(merged)::int as merged from parts`,
      [input.spaceId, input.runId ?? null],
    );
    return rows[0] ?? counts;
  }
  const { rows } = await ctx.db.pool.query<{ status: ProposalStatus; count: number }>(
    `select status, count(*)::int as count from proposals
      where space_id = $1 and ($2::text is null or kind = $2::"ProposalKind") and ($3::uuid is null or run_id = $3)
        and ($4::text is null or title ilike $4 or body ilike $4)
      group by status`,
    [
      input.spaceId,
      input.kind ?? null,
      input.runId ?? null,
      input.search ? `%${input.search.replace(/[\\%_]/g, String.raw`\$&`)}%` : null,
    ],
  );
  return { ...counts, ...Object.fromEntries(rows.map((row) => [row.status, row.count])) };
}

function presentProposal(row: ProposalRow, evidence: EvidenceRow[]) {
  const goesIntoKb = row.status === "approved" || row.mergedIntoNoteId !== null;
  return {
    id: row.id,
    runId: row.runId,
    kind: row.kind,
    status: row.status,
    version: row.version,
    title: row.title,
    body: row.body,
    details: ProposalDetails.parse(row.details),
    confidence: row.confidence,
    reasons: row.reasons,
    generatedBy: row.generatedBy,
    sureness: row.sureness,
    isMissed: row.isMissed,
    recommendation: row.recommendation,
    recommendationWhy: row.recommendationWhy,
    /** How many things were like it when it was proposed. */
    similarCount: row.similarCount,
    hasEvidence: row.hasEvidence,
    isEdited: row.editCount > 0,
    chatTitle: row.chatTitle,
    createdAt: row.createdAt,
    decidedBy: row.decidedBy?.name ?? null,
    decidedAt: row.decidedAt,
    decisionReason: row.decisionReason ?? (row.decisionCode && wordsOfCode(row.decisionCode)),
    decisionCode: row.decisionCode,
    /** The rule that approved it, where no person did. */
    autoRuleName: row.autoRuleName,
    mergedIntoId: row.mergedIntoId,
    /** How far its note has come; null where nothing is to be written. */
    delivery: goesIntoKb
      ? {
          status: row.operationStatus ?? ("queued" as const),
          commitHash: row.commitHash,
          failure: row.operationFailure,
          noteId: row.noteId,
        }
      : null,
    evidence,
  };
}
