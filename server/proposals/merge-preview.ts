import type { z } from "zod";

import type { Kbs } from "#server/kb/index.ts";
import { parseNote, planNote } from "#server/knowledge/index.ts";
import type { NoteSource } from "#server/knowledge/schema.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { draftNote, sourcesOf } from "./draft.ts";
import { planMerge } from "./merge-note.ts";
import type { MergeInput } from "./schema.ts";

type Source = { messageId: string; author: string; quote: string; at: Date };
type Side = { title: string; body: string; sources: Source[] };
export type MergePreview = {
  mine: Side;
  other: Side;
  /** What stands there afterwards. For a note with its file, as it is and as it will be. */
  result: Side & { file: { path: string; before: string; after: string } | null };
};

/**
 * Both sides of a merge and what comes out, before it is done.
 * @throws AppError `not_found` where one of the two is gone, or is not in this space
 */
export async function previewMerge(
  deps: { kbs: Kbs },
  ctx: Ctx,
  input: { spaceId: string; proposalId: string; into: z.output<typeof MergeInput>["into"] },
): Promise<MergePreview> {
  const { spaceId, proposalId, into } = input;
  const mine = await sideOf(ctx, spaceId, proposalId);
  if (into.type === "proposal") {
    const other = await sideOf(ctx, spaceId, into.proposalId);
    const sources = await sourcesOf(ctx.db, spaceId, [proposalId, into.proposalId]);
    return { mine, other, result: { ...other, sources: sources.map(presentSource), file: null } };
  }
  const host = await ctx.db.prisma.note.findFirst({ where: { id: into.noteId, spaceId } });
  if (!host) throw new AppError("not_found", "The note to merge into is not there any more. Choose another one.");
  const tree = await (await deps.kbs.open(spaceId)).tree();
  const before = await tree.read(host.path);
  const guest = await draftNote(ctx.db, { spaceId, proposalId, approval: { actor: ctx.actor, at: ctx.now() } });
  const change = await planMerge(ctx, tree, { spaceId, proposalId }, host, guest);
  if (before === null || !change || !("draft" in change)) {
    throw new AppError("not_found", "The file of this note is not there any more. Choose another one.");
  }
  const { path, content } = await planNote(tree, change);
  const after = content ?? before;
  const { title, body } = change.draft;
  const standing = parseNote(before);
  const known = new Set(standing.sources.map((source) => source.messageId));
  const sources = change.draft.sources.map(presentSource);
  return {
    mine,
    other: { title, body: standing.text, sources: sources.filter(({ messageId }) => known.has(messageId)) },
    result: { title, body, sources, file: { path, before, after } },
  };
}

async function sideOf(ctx: Ctx, spaceId: string, proposalId: string): Promise<Side> {
  const proposal = await ctx.db.prisma.proposal.findFirst({
    where: { id: proposalId, spaceId },
    select: { title: true, body: true },
  });
  if (!proposal) throw new AppError("not_found", "There is no such proposal in this space.");
  const sources = await sourcesOf(ctx.db, spaceId, [proposalId]);
  return { ...proposal, sources: sources.map(presentSource) };
}

const presentSource = ({ messageId, author, quote, at }: NoteSource): Source => ({
  ...{ messageId, author: author.name, quote, at },
});
