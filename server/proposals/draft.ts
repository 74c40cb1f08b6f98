import type { Db } from "#server/lib/db.ts";
import { type Actor, actorRef } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import type { NoteDraft, NoteSource } from "#server/knowledge/schema.ts";

import { ProposalDetails } from "./schema.ts";

const DESCRIPTION_LENGTH = 160;

type Quote = {
  messageId: string;
  quote: string;
  permalink: string | null;
  sentAt: Date;
  chatTitle: string;
  authorName: string;
  authorRef: string;
};

/**
 * The note that a proposal becomes, as its rows are now.
 * @param approval who approved it and when: the `verified` entry of the note
 */
export async function draftNote(
  db: Db,
  input: { spaceId: string; proposalId: string; approval: { actor: Actor; at: Date } },
): Promise<NoteDraft> {
  const proposal = await db.prisma.proposal.findFirst({ where: { id: input.proposalId, spaceId: input.spaceId } });
  if (!proposal) throw new AppError("not_found", "There is no such proposal in this space.");
  const details = ProposalDetails.parse(proposal.details);
  return {
    type: details.noteType,
    title: proposal.title,
    description: describe(proposal.body, proposal.title),
    body: proposal.body,
    topic: details.topic,
    tags: details.tags,
    sources: await sourcesOf(db, input.spaceId, [input.proposalId]),
    generatedBy: proposal.generatedBy,
    generatedAt: proposal.createdAt,
    verifiedBy: verifierOf(input.approval),
    links: await linksOf(db, input.spaceId, details),
    ...(details.noteType === "Topic" ? { aliases: details.aliases } : {}),
    ...(details.noteType === "Task" ? { task: await taskFields(db, input.spaceId, details) } : {}),
  };
}

/** What a rule approved nobody has looked at: it is not called verified. */
function verifierOf({ actor, at }: { actor: Actor; at: Date }): NoteDraft["verifiedBy"] {
  return actor.type === "system" ? null : { ref: actorRef(actor), name: actor.name, at };
}

/** The messages that proposals rest on, oldest first, each once with all that is quoted of it. */
export async function sourcesOf(db: Db, spaceId: string, proposalIds: string[]): Promise<NoteSource[]> {
  const { rows } = await db.pool.query<Quote>(
    `select distinct messages.id as "messageId", e.quote, e.start_offset, messages.permalink, messages.sent_at as "sentAt",
            chats.title as "chatTitle", coalesce(contributors.display_name, chats.title) as "authorName",
            case when contributors.id is null then 'chat:' || chats.external_id
                 else case when contributors.is_bot then 'bot:' else 'human:' end
                      || case contributors.channel when 'telegram' then 'tg-' else 'web-' end || contributors.external_id
            end as "authorRef"
       from proposal_evidence e
       join messages on messages.id = e.message_id
       join chats on chats.id = messages.chat_id
       left join contributors on contributors.id = messages.contributor_id
      where e.space_id = $1 and e.proposal_id = any($2) order by messages.sent_at, messages.id, e.start_offset`,
    [spaceId, proposalIds],
  );
  return [...Map.groupBy(rows, (row) => row.messageId).values()].map((quotes) => {
    const [first] = quotes as [Quote];
    return {
      messageId: first.messageId,
      resource: first.permalink,
      title: `${first.chatTitle}, ${first.sentAt.toISOString().slice(0, 10)}`,
      author: { ref: first.authorRef, name: first.authorName },
      quote: quotes.map((each) => each.quote).join(" […] "),
      at: first.sentAt,
    };
  });
}

/** What it says of things that are notes by now; what is no note yet is left out, and says it itself when it becomes one. */
async function linksOf(db: Db, spaceId: string, { links }: ProposalDetails): Promise<NonNullable<NoteDraft["links"]>> {
  if (links.length === 0) return [];
  const ids = links.map((link) => link.to.id);
  const { rows } = await db.pool.query<{ for: string; path: string }>(
    `select wanted.id as for, n.path from unnest($2::uuid[]) as wanted (id)
       left join proposals p on p.id = wanted.id and p.space_id = $1
       join lateral (select path from notes where space_id = $1
                        and (id = wanted.id or id = p.merged_into_note_id or proposal_id = p.id) limit 1) n on true`,
    [spaceId, ids],
  );
  const paths = new Map(rows.map((row) => [row.for, row.path]));
  return links.flatMap(({ relation, to }) => {
    const path = paths.get(to.id);
    return path === undefined ? [] : [{ relation, to: path }];
  });
}

async function taskFields(db: Db, spaceId: string, details: ProposalDetails): Promise<NonNullable<NoteDraft["task"]>> {
  const contributor = details.assignee?.contributorId
    ? await db.prisma.contributor.findFirst({ where: { id: details.assignee.contributorId, spaceId } })
    : null;
  const ref = contributor
    ? `human:${contributor.channel === "telegram" ? "tg" : "web"}-${contributor.externalId}`
    : null;
  return {
    priority: details.priority,
    category: details.category,
    assignee: details.assignee && { name: details.assignee.name, ref },
    due: details.due,
    state: "open",
  };
}

/** The first sentence of the text, or the title where there is none. */
function describe(body: string, title: string): string {
  const plain = body.replaceAll(/\s+/g, " ").trim();
  const [first] = new Intl.Segmenter("en", { granularity: "sentence" }).segment(plain);
  const sentence = first?.segment.trim() ?? "";
  if (sentence === "") return title;
  return sentence.length <= DESCRIPTION_LENGTH ? sentence : `${sentence.slice(0, DESCRIPTION_LENGTH - 1).trimEnd()}…`;
}
