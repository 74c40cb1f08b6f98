import { hasRole } from "#server/auth/schema.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import { approve, merge, reject, undo } from "#server/proposals/index.ts";

import type { Press, Presser, Presses } from "../tap.ts";
import { clip } from "./card.ts";
import { deal, type ReviewDeps } from "./cards.ts";
import { object } from "./objection.ts";
import { ownersOf } from "./readers.ts";
import { dayTime, readSubject } from "./subject.ts";

/** A name in a word that passes has room for so much. */
const NAME_LENGTH = 60;

type Review = Parameters<Press<"review">>[3];

/** Decides a proposal as the one who pressed. The cards of it, theirs too, are changed by what follows from the decision. */
const review: Press<"review"> = async (deps, ctx, presser, action) => {
  if (!mayDecide(presser)) return presser.words("core.tap.role", { role: "reviewer" });
  try {
    const { status } = await decide(ctx, presser, action);
    return presser.words(`review.tap.${status}`);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "conflict") throw error;
    return (await whoWasFirst(deps, ctx, presser, action)) ?? error.message;
  }
};

/** Shows one more card than there is room for, because someone wants to go on. */
const next: Press<"review.next"> = async (deps, ctx, presser) => {
  const { spaceId, chatId, words, signal } = presser;
  if (!mayDecide(presser)) return words("core.tap.role", { role: "reviewer" });
  const reader = (await ownersOf(ctx, [chatId])).get(chatId);
  if (!reader) return words("core.tap.gone");
  const dealt = await deal(deps, ctx, { spaceId, reader, upTo: { more: 1 }, isQuiet: true }, signal);
  return dealt === 0 ? words("review.tap.none") : null;
};

/** What the buttons of review do. */
export const reviewPresses: Pick<Presses, "review" | "review.next" | "object"> = {
  review,
  "review.next": next,
  object,
};

const mayDecide = ({ role }: Presser) => role !== null && hasRole(role, "reviewer");

async function decide(ctx: Ctx, { spaceId }: Presser, { proposalId, version, decision, target }: Review) {
  const seen = { spaceId, proposalId, version };
  switch (decision) {
    case "approve":
      return approve(ctx, seen);
    case "reject":
      return reject(ctx, seen);
    case "undo":
      return undo(ctx, seen);
    case "merge": {
      if (!target) throw new Error("A button that merges names nothing to merge into.");
      const { type, id } = target;
      return merge(ctx, {
        ...seen,
        into: type === "note" ? { type, noteId: id } : { type, proposalId: id },
      });
    }
  }
}

/** Who did what to a proposal since its card was shown; null where that is not why the decision was refused. */
async function whoWasFirst(
  deps: ReviewDeps,
  ctx: Ctx,
  { spaceId, words, contributorId, chatId }: Presser,
  { proposalId, version }: Review,
): Promise<string | null> {
  const subject = await readSubject(deps, ctx, { spaceId, proposalId });
  const [last] = subject?.proposal.history ?? [];
  if (!subject || !last || subject.proposal.version === version) return null;
  const reader = (await ownersOf(ctx, [chatId])).get(chatId);
  const language = reader?.contributorId === contributorId ? reader.language : "en";
  const when = dayTime(last.at, { timeZone: subject.timeZone, language });
  return words(`review.tap.late.${subject.proposal.status}`, { who: clip(last.actorName, NAME_LENGTH), when });
}
