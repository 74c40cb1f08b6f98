import { say } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { takeBack } from "#server/proposals/index.ts";

import { changeSession } from "../conversations.ts";
import type { Input } from "../inputs.ts";
import { actorOf } from "../person.ts";
import { wordsFor } from "../speech.ts";
import type { Press } from "../tap.ts";
import { clip } from "./card.ts";
import type { ReviewDeps } from "./cards.ts";
import { listReviewers } from "./readers.ts";
import { readSubject, type Subject } from "./subject.ts";

/** An answer that comes later than this is about something else. */
const ANSWER_WITHIN_MS = 10 * 60_000;
/** Two taps of a person within this ask once. */
const ASK_ONCE_MS = 60_000;
/** As much as a decision keeps of its reason. */
const REASON_LENGTH = 500;

type Objection = { spaceId: string; chatId: string; contributorId: string; proposalId: string };

const askedKey = ({ proposalId, contributorId }: Objection) => `objection:${proposalId}:${contributorId}:`;

/** Asks whoever pressed what was meant; what they answer is their objection. Anybody who reads the chat may object. */
export const object: Press<"object"> = async (deps, ctx, presser, { proposalId }) => {
  const { spaceId, chatId, contributorId, words, signal } = presser;
  const subject = await readSubject(deps, ctx, { spaceId, proposalId });
  if (!subject) return words("review.objection.gone");
  const { title, status } = subject.proposal;
  if (status === "pending") return words("review.objection.already", { title: clip(title, 80) });
  const objection = { spaceId, chatId, contributorId, proposalId };
  await transaction(ctx.db, (tx) =>
    changeSession(tx, ctx, objection, { pendingInput: { for: "objection", proposalId } }),
  );
  const key = `${askedKey(objection)}${Math.floor(ctx.now().getTime() / ASK_ONCE_MS)}`;
  const who = escapeText(presser.actor.name);
  const content = { text: words("review.objection.ask", { who, title: escapeText(title) }) };
  const about = { type: "proposal", id: proposalId };
  await say(deps.channels, ctx, { spaceId, chatId, key, subject: about, content }, { signal });
  return null;
};

/**
 * Takes what someone answered: the proposal waits for a decision again, with their words as the reason, and what was written of it
 * is taken back. Where something was built on it since, the reviewers are told instead. The person hears what became of it.
 */
export const objection: Input<{ for: "objection"; proposalId: string }> = async (
  deps,
  ctx,
  { spaceId, messageId, pending: { proposalId } },
  signal,
) => {
  const message = await ctx.db.prisma.message.findFirst({
    where: { id: messageId, spaceId },
    include: { contributor: { include: { settings: true } } },
  });
  const person = message?.contributor;
  if (!message || !person) return;
  const words = wordsFor(person);
  const answer = (text: string) =>
    say(
      deps.channels,
      ctx,
      {
        ...{ spaceId, chatId: message.chatId, key: `objected:${messageId}`, replyTo: message.externalId },
        ...{ subject: { type: "proposal", id: proposalId }, content: { text } },
      },
      { signal },
    );

  const subject = await readSubject(deps, ctx, { spaceId, proposalId });
  if (!subject) return void (await answer(words("review.objection.gone")));
  const title = escapeText(subject.proposal.title);
  const where = { spaceId, chatId: message.chatId, contributorId: person.id, proposalId };
  if (!(await wasAskedBefore(ctx, where, message.sentAt))) {
    return void (await answer(words("review.objection.late", { title })));
  }
  const reason = clip(message.text, REASON_LENGTH);
  if (reason === "") return void (await answer(words("review.objection.empty", { title })));

  const actor = actorOf(person);
  const outcome = await putBack({ ...ctx, actor }, subject, { spaceId, reason });
  if (outcome === "stuck") await tellReviewers(deps, ctx, subject, { spaceId, messageId, who: actor, reason }, signal);
  await answer(words(`review.objection.${outcome}`, { title }));
};

async function putBack(
  ctx: Ctx,
  { proposal }: Subject,
  { spaceId, reason }: { spaceId: string; reason: string },
): Promise<"done" | "already" | "stuck"> {
  try {
    if (await takeBack(ctx, { spaceId, proposalId: proposal.id, reason })) return "done";
  } catch (error) {
    if (error instanceof AppError && error.code === "conflict") return "stuck";
    throw error;
  }
  // The same answer, taken a second time, was the first of them.
  const [last] = proposal.history;
  const isMine = last?.action === "reopened" && last.reason === reason && last.actorName === ctx.actor.name;
  return isMine ? "done" : "already";
}

/** Whether someone was asked, and not too long before. */
async function wasAskedBefore(ctx: Ctx, objection: Objection, answeredAt: Date): Promise<boolean> {
  const asked = await ctx.db.prisma.post.findFirst({
    where: { chatId: objection.chatId, key: { startsWith: askedKey(objection) } },
    orderBy: { createdAt: "desc" },
    select: { createdAt: true },
  });
  return asked !== null && answeredAt.getTime() - asked.createdAt.getTime() <= ANSWER_WITHIN_MS;
}

async function tellReviewers(
  deps: ReviewDeps,
  ctx: Ctx,
  { proposal, at }: Subject,
  { spaceId, messageId, who, reason }: { spaceId: string; messageId: string; who: Actor; reason: string },
  signal: AbortSignal,
): Promise<void> {
  const said = { who: escapeText(who.name), title: escapeText(proposal.title), reason: escapeText(reason) };
  for (const { chatId, words } of await listReviewers(ctx, spaceId)) {
    const content = {
      text: words("review.objection.told", said),
      buttons: [[{ label: words("review.button.dashboard"), url: at.proposal(proposal.id) }]],
    };
    const subject = { type: "proposal", id: proposal.id };
    await say(deps.channels, ctx, { spaceId, chatId, key: `objection:${messageId}`, subject, content }, { signal });
  }
}
