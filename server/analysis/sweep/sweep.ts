import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { propose } from "#server/proposals/index.ts";
import { type CheckedQuote, type NewProposal, ProposalDetails } from "#server/proposals/schema.ts";
import { readSetting } from "#server/settings/index.ts";

import { type Doubt, findContradictions, findSame, findStale, GENERATED_BY, type Reason } from "./find.ts";

/** How many proposals a sweep made, by reason. */
export type Swept = Record<Reason, number>;

const DAY_MS = 86_400_000;
const MAX_TITLE = 200;
const MAX_QUOTES = 3;

/**
 * Looks through the knowledge base of a space for notes that may not hold any more, and asks about them: each becomes a proposal that
 * retires it when it is approved. Rejected, it says that the note holds: nothing is written, and it is not asked again until the note changes.
 */
export async function sweep(ctx: Ctx, { spaceId }: { spaceId: string }): Promise<Swept> {
  const days = await readSetting(ctx.db, spaceId, "knowledge.staleAfterDays");
  const now = ctx.now().getTime();
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const confirmedBefore = days === 0 ? null : day(now - days * DAY_MS);
  return transaction(ctx.db, async (tx) => {
    // Two at once would ask twice.
    await tx.query("select pg_advisory_xact_lock(hashtextextended('winnow sweep ' || $1, 0))", [spaceId]);
    const found = [
      ...(await findContradictions(tx, { spaceId })),
      ...(await findSame(tx, { spaceId })),
      ...(await findStale(tx, { spaceId, today: day(now), confirmedBefore })),
    ];
    // One question about a note at a time.
    const doubts = [...new Map(found.toReversed().map((doubt) => [doubt.noteId, doubt])).values()].toReversed();
    const proposals = await Promise.all(doubts.map((doubt) => proposalFor(tx, spaceId, doubt)));
    await propose(tx, ctx, { spaceId, runId: null, batchId: null, generatedBy: GENERATED_BY, proposals });
    const count = (reason: Reason) => doubts.filter((doubt) => doubt.reason === reason).length;
    return { stale: count("stale"), contradiction: count("contradiction"), "near-duplicate": count("near-duplicate") };
  });
}

async function proposalFor(tx: Tx, spaceId: string, doubt: Doubt): Promise<NewProposal> {
  const { noteId, title, other, reason } = doubt;
  const sources = [doubt.proposalId, other?.proposalId ?? null].flatMap((id) => id ?? []);
  const { question, why } = wordsFor(doubt);
  return {
    kind: "note",
    title: question.slice(0, MAX_TITLE).toWellFormed().trim(),
    body: bodyFor(doubt),
    details: ProposalDetails.parse({
      noteType: "Note",
      topic: doubt.topic?.slice(0, 80).trim() || null,
      tags: [reason],
      links: other
        ? [
            {
              relation: reason === "contradiction" ? "contradicts" : "supports",
              to: { type: "note", id: other.noteId },
              title: other.title.slice(0, 200).trim(),
            },
          ]
        : [],
      retires: { noteId, title: title.slice(0, 300).trim() },
    }),
    confidence: "fair",
    reasons: [why],
    recommendation: { action: reason === "near-duplicate" ? "merge" : "update", why },
    evidence: await quotesOf(tx, spaceId, sources),
  };
}

function wordsFor({ reason, title, since, other }: Doubt): { question: string; why: string } {
  switch (reason) {
    case "stale":
      return {
        question: `Still true? ${title}`,
        why: `It was to be looked at again, or was last approved, on ${since ?? "an unknown day"}.`,
      };
    case "contradiction":
      return {
        question: `Still true? ${title}`,
        why: `A newer note, “${other?.title ?? ""}”, contradicts it, and both stand as approved.`,
      };
    case "near-duplicate":
      return { question: `Said twice? ${title}`, why: `A newer note, “${other?.title ?? ""}”, says the same.` };
  }
}

function bodyFor({ path, text, other }: Doubt): string {
  const shown = ({ path: at, text: says }: { path: string; text: string }) => `From /${at}:\n\n${quoted(says)}`;
  const end = "Approve: the note becomes deprecated, and its text stays. Reject: it holds.";
  return [shown({ path, text }), ...(other ? [`Against it. ${shown(other)}`] : []), end].join("\n\n");
}

const quoted = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");

/** The exact words in chats that the notes rest on, as they were checked when the notes were proposed. */
async function quotesOf(tx: Tx, spaceId: string, proposalIds: readonly string[]): Promise<CheckedQuote[]> {
  if (proposalIds.length === 0) return [];
  const rows = await tx.query<CheckedQuote & { proposalId: string }>(
    `select proposal_id as "proposalId", message_id as "messageId", revision, start_offset as start, end_offset as "end", quote
       from proposal_evidence where space_id = $1 and proposal_id = any($2) order by proposal_id, position`,
    [spaceId, proposalIds],
  );
  return [...Map.groupBy(rows, (row) => row.proposalId).values()].flatMap((quotes) =>
    quotes.slice(0, MAX_QUOTES).map(({ proposalId: _proposalId, ...quote }) => quote),
  );
}
