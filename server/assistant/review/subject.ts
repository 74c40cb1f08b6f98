import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import { mergeTargets, proposalById } from "#server/proposals/index.ts";

import { type Addresses, addressesOf } from "../addresses.ts";
import type { Language } from "../words/index.ts";

/** What a card says, whoever reads it. */
export type Subject = {
  proposal: Awaited<ReturnType<typeof proposalById>>;
  at: Addresses;
  timeZone: string;
  /** What it is most like, for one that waits: to merge it into. */
  target: { type: "note" | "proposal"; id: string; title: string } | null;
  /** What it was merged into. */
  mergedInto: string | null;
  /** Whether its decision can still be undone by a button. */
  mayUndo: boolean;
};

/** Titles less alike than this (trigram similarity, 0 to 1) are not offered: most would be of something else. */
const ALIKE = 0.3;

/** Reads all that a card says; null where the proposal is gone. */
export async function readSubject(
  { appUrl }: { appUrl: string },
  ctx: Ctx,
  { spaceId, proposalId }: { spaceId: string; proposalId: string },
): Promise<Subject | null> {
  const proposal = await proposalById(ctx, { spaceId, proposalId }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  });
  if (!proposal) return null;
  const space = await ctx.db.prisma.space.findUniqueOrThrow({ where: { id: spaceId } });
  const run = proposal.runId && (await ctx.db.prisma.run.findUnique({ where: { id: proposal.runId } }));
  const [best] = proposal.status === "pending" ? await mergeTargets(ctx, { spaceId, proposalId }) : [];
  return {
    proposal,
    at: addressesOf(appUrl, space.slug),
    timeZone: space.timeZone,
    target: best && best.score >= ALIKE ? { type: best.type, id: best.id, title: best.title } : null,
    mergedInto: await titleMergedInto(ctx, spaceId, proposal),
    mayUndo: proposal.status !== "pending" && !(run && run.status === "closed"),
  };
}

/** A day and a time as people of the space read them. */
export function dayTime(at: Date, { timeZone, language }: { timeZone: string; language: Language }): string {
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  }).format(at);
}

async function titleMergedInto(ctx: Ctx, spaceId: string, proposal: Subject["proposal"]): Promise<string | null> {
  if (proposal.status !== "merged") return null;
  const { mergedIntoId: id, delivery } = proposal;
  const host = id
    ? await ctx.db.prisma.proposal.findFirst({ where: { id, spaceId }, select: { title: true } })
    : await ctx.db.prisma.note.findFirst({ where: { id: delivery?.noteId ?? "", spaceId }, select: { title: true } });
  return host?.title ?? null;
}
