import type { Channel } from "#prisma/enums.ts";
import { type PostInput, revise, say } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { readPersonal, readSetting } from "#server/settings/index.ts";

import { button } from "../buttons.ts";
import { languageOf, type Words, wordsIn } from "../words/index.ts";
import type { ReviewDeps } from "./cards.ts";
import { isGroupHeard } from "./readers.ts";
import { readSubject, type Subject } from "./subject.ts";

type Origin = {
  chatId: string;
  channel: Channel;
  chatExternalId: string;
  kind: string;
  unreachable: string | null;
  messageExternalId: string;
  contributorId: string | null;
  clientLanguage: string | null;
};

/**
 * Tells the group or topic that a proposal's first quote comes from, without a sound, that it is in the knowledge base; and there
 * too when it is not any more. In the language of whoever said it. Private chats are told nothing.
 * @param isNews whether it was just written: only then is a line begun, else one that is there is kept true
 */
export async function tellRecorded(
  deps: ReviewDeps,
  ctx: Ctx,
  { spaceId, proposalId, isNews }: { spaceId: string; proposalId: string; isNews: boolean },
  signal: AbortSignal,
): Promise<void> {
  const key = `recorded:${proposalId}`;
  const line = await ctx.db.prisma.post.findFirst({
    where: { spaceId, subjectType: "proposal", subjectId: proposalId, key },
    select: { id: true },
  });
  if (!line && !isNews) return;
  const subject = await readSubject(deps, ctx, { spaceId, proposalId });
  if (!subject) return;
  const origin = await originOf(ctx, proposalId);
  const content = recordedPost(subject, await wordsOf(ctx, origin));
  if (line) return revise(deps.channels, ctx, { postId: line.id, content }, { signal });
  if (!origin || !isRecorded(subject) || !(await mayBeTold(ctx, spaceId, origin))) return;
  const about = { spaceId, chatId: origin.chatId, key, subject: { type: "proposal", id: proposalId } };
  const post = { ...about, content, replyTo: origin.messageExternalId, isQuiet: true };
  await say(deps.channels, ctx, post, { signal });
}

function recordedPost(subject: Subject, words: Words): PostInput {
  const { id: proposalId, title } = subject.proposal;
  if (!isRecorded(subject)) return { text: words("review.recordedNoMore", { title: escapeText(title) }) };
  return {
    text: words("review.recorded", { title: escapeText(title) }),
    buttons: [[button(words("review.button.object"), { do: "object", proposalId })]],
  };
}

/** Whether the decision in force is one that the knowledge base has carried out. */
const isRecorded = ({ proposal }: Subject): boolean =>
  proposal.delivery?.status === "committed" || proposal.delivery?.status === "pushed";

async function mayBeTold(ctx: Ctx, spaceId: string, origin: Origin): Promise<boolean> {
  if (origin.unreachable !== null || !["group", "supergroup"].includes(origin.kind)) return false;
  if (!(await readSetting(ctx.db, spaceId, "telegram.approvedLine"))) return false;
  return isGroupHeard(ctx, { spaceId, channel: origin.channel, externalId: origin.chatExternalId });
}

async function originOf(ctx: Ctx, proposalId: string): Promise<Origin | undefined> {
  const { rows } = await ctx.db.pool.query<Origin>(
    `select c.id as "chatId", c.channel, c.external_id as "chatExternalId", c.kind, c.unreachable,
            messages.external_id as "messageExternalId", k.id as "contributorId", k.language as "clientLanguage"
       from proposal_evidence e
       join messages on messages.id = e.message_id
       join chats c on c.id = messages.chat_id
       left join contributors k on k.id = messages.contributor_id
      where e.proposal_id = $1 order by e.position, e.id limit 1`,
    [proposalId],
  );
  return rows[0];
}

async function wordsOf(ctx: Ctx, origin: Origin | undefined): Promise<Words> {
  if (!origin?.contributorId) return wordsIn("en");
  const { language } = await readPersonal(ctx.db, origin.contributorId);
  return wordsIn(languageOf(language, origin.clientLanguage));
}
