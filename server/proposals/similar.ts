import { type embedderOf, findPassages } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { isSameText, likeness, sharedWords } from "./alike.ts";
import { type Candidate, candidatesFor } from "./candidates.ts";
import { ProposalDetails, type Recommendation, type SimilarThing } from "./schema.ts";

type Embedder = Awaited<ReturnType<typeof embedderOf>>;

/** What is less alike is not shown: most of it would be of something else. */
const LEAST_SCORE = 0.35;
const MOST_KEPT = 6;
/** A title less alike than this is no reason. */
const ALIKE_TITLE = 0.3;
/** Two titles as alike as this, of proposals that rest on one message, are one thing said twice. */
const SAME_THING = 0.6;
/** Two titles as alike as this need no common message. */
const SAME_TITLE = 0.8;
/** A note as alike as this is about the same. */
const SAME_SUBJECT = 0.75;
/** What rests on the same message is half the way to being the same. */
const SAME_MESSAGE = 0.5;
/** A note's text that holds all words of a proposal counts a little less than a title that does. */
const TEXT_CREDIT = 0.85;
/** Notes that have fewer of its words than this have the words that everybody has. */
const LEAST_BY_TEXT = 0.5;
/** Of a part of a note that is found by its meaning. */
const NEARLY_THE_SAME = 0.6;
const QUESTION_LENGTH = 400;

/** What a proposal is compared by. */
export type Compared = { title: string; body: string; noteType: string };

/** What is like a proposal, best first, of what was found: a score and the reasons for it. */
export function judge(mine: Compared, candidates: readonly Candidate[], limit = MOST_KEPT): SimilarThing[] {
  return candidates
    .map((candidate) => compare(mine, candidate))
    .filter((thing) => thing.score >= LEAST_SCORE)
    .toSorted((a, b) => b.score - a.score || a.title.localeCompare(b.title))
    .slice(0, limit);
}

function compare(mine: Compared, { sharesMessage, body, ...other }: Candidate): SimilarThing {
  const isSameTopic = other.type === "topic";
  const title = isSameTopic ? 1 : likeness(mine.title, other.title);
  const isSame = isSameText(mine.title, other.title) && isSameText(mine.body, body);
  const words = sharedWords(`${mine.title} ${mine.body}`, `${other.title} ${body}`);
  const why: string[] = [];
  if (isSame) why.push("says the same");
  else if (isSameTopic) why.push("a topic of this name");
  else if (title >= ALIKE_TITLE) why.push(`title ${Math.round(title * 100)} % alike`);
  if (sharesMessage) why.push("quotes the same message");
  if (words.length >= 2 && title < SAME_SUBJECT) why.push(`same words: ${words.join(", ")}`);
  const { type, id, noteType } = other;
  return {
    type,
    id,
    title: other.title,
    noteType,
    score: rounded(sharesMessage ? SAME_MESSAGE + SAME_MESSAGE * title : title),
    why,
  };
}

/** What to do with a proposal, by what is like it; null where nothing speaks against keeping it as something new. */
export function recommendationFor(
  mine: Compared,
  candidates: readonly Candidate[],
): { action: Recommendation; why: string } | null {
  const best = candidates
    .map((candidate) => ({
      candidate,
      title: likeness(mine.title, candidate.title),
      score: compare(mine, candidate).score,
    }))
    .toSorted((a, b) => b.score - a.score);
  const known = best.find(
    ({ candidate }) =>
      candidate.type === "note" &&
      isSameText(candidate.title, mine.title) &&
      (candidate.sharesMessage || isSameText(candidate.body, mine.body)),
  );
  if (known) return { action: "reject", why: `A duplicate: the note “${known.candidate.title}” says it already.` };
  const twin = best.find(
    ({ candidate, title }) => candidate.type === "proposal" && candidate.sharesMessage && title >= SAME_THING,
  );
  if (twin) return { action: "merge", why: `“${twin.candidate.title}”, which waits too, says it of the same message.` };
  const note = best.find(
    ({ candidate, score }) =>
      candidate.type === "note" && candidate.noteType === mine.noteType && score >= SAME_SUBJECT,
  );
  if (note) return { action: "update", why: `The note “${note.candidate.title}” is about the same.` };
  const said = best.find(
    ({ candidate, title }) =>
      candidate.type === "proposal" && candidate.noteType === mine.noteType && title >= SAME_TITLE,
  );
  if (said) return { action: "merge", why: `“${said.candidate.title}”, which waits too, has nearly the same title.` };
  return null;
}

/**
 * What is like a proposal right now, best first: by title, by the messages that both rest on, by words of their texts and, with an
 * embedder, by what they mean.
 * @throws AppError `not_found` outside the space; the signal's reason when aborted
 */
export async function similarThings(
  deps: { embedder: Embedder },
  ctx: Ctx,
  input: { spaceId: string; proposalId: string; limit?: number; signal: AbortSignal },
): Promise<SimilarThing[]> {
  const { spaceId, proposalId, limit = MOST_KEPT, signal } = input;
  const proposal = await ctx.db.prisma.proposal.findFirst({
    where: { id: proposalId, spaceId },
    select: { title: true, body: true, details: true, evidence: { select: { messageId: true } } },
  });
  if (!proposal) throw new AppError("not_found", "There is no such proposal in this space.");
  const { title, body } = proposal;
  const mine = { title, body, noteType: ProposalDetails.parse(proposal.details).noteType };
  const messageIds = [...new Set(proposal.evidence.map((each) => each.messageId))];
  const query = async <Row extends object>(sql: string, values?: unknown[]) =>
    (await ctx.db.pool.query<Row>(sql, values)).rows;
  const [candidates, byText, own] = await Promise.all([
    candidatesFor({ query }, spaceId, [{ id: proposalId, title, messageIds }]),
    notesByText(deps, ctx, { spaceId, mine, signal }),
    ctx.db.prisma.note.findMany({ where: { spaceId, proposalId }, select: { id: true } }),
  ]);
  const things = new Map(judge(mine, candidates.get(proposalId) ?? [], Infinity).map((thing) => [thing.id, thing]));
  for (const found of byText) {
    const known = things.get(found.id);
    const why = [...new Set([...(known?.why ?? []), ...found.why])];
    things.set(found.id, { ...found, ...known, why, score: Math.max(found.score, known?.score ?? 0) });
  }
  // The note that it became itself is no other one.
  for (const { id } of own) things.delete(id);
  return [...things.values()]
    .filter((thing) => thing.score >= LEAST_SCORE)
    .toSorted((a, b) => b.score - a.score || a.title.localeCompare(b.title))
    .slice(0, limit);
}

/** Notes that hold most of a proposal's words, or mean nearly what it says. */
async function notesByText(
  { embedder }: { embedder: Embedder },
  ctx: Ctx,
  { spaceId, mine, signal }: { spaceId: string; mine: Compared; signal: AbortSignal },
): Promise<SimilarThing[]> {
  const question = `${mine.title}. ${mine.body.slice(0, QUESTION_LENGTH)}`.toWellFormed();
  const passages = await findPassages({ embedder }, ctx, { spaceId, question, signal });
  const best = [...Map.groupBy(passages, (passage) => passage.noteId).values()].flatMap((parts) => parts[0] ?? []);
  return best
    .filter(({ score }) => score * TEXT_CREDIT >= LEAST_BY_TEXT)
    .map(({ noteId, title, type, text, score, how }) => {
      const words = sharedWords(`${mine.title} ${mine.body}`, `${title} ${text}`);
      const means = how.includes("meaning") && score >= NEARLY_THE_SAME;
      return {
        ...({ type: "note", id: noteId, title, noteType: type, score: rounded(TEXT_CREDIT * score) } as const),
        why: [
          ...(words.length >= 2 ? [`same words: ${words.join(", ")}`] : []),
          ...(means ? ["means nearly the same"] : []),
        ],
      };
    });
}

const rounded = (score: number) => Math.round(Math.min(1, score) * 100) / 100;
