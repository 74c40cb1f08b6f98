import type { Kbs } from "#server/kb/index.ts";
import { planNote } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { describeCommit } from "./commit.ts";
import { draftNote } from "./draft.ts";

/**
 * What an approval would write, as the KB is now: the path, the whole file, what stands there today, and the commit's message.
 * For a proposal that has its note already: that note as it would be written again.
 */
export async function previewProposal(
  deps: { kbs: Kbs },
  ctx: Ctx,
  input: { spaceId: string; proposalId: string },
): Promise<{ path: string; before: string | null; after: string; commitMessage: string }> {
  const at = ctx.now();
  const draft = await draftNote(ctx.db, { ...input, approval: { actor: ctx.actor, at } });
  const note = await ctx.db.prisma.note.findFirst({ where: { spaceId: input.spaceId, proposalId: input.proposalId } });
  const kb = await deps.kbs.open(input.spaceId);
  const tree = await kb.tree();
  const planned = await planNote(tree, { draft, at, ...(note ? { path: note.path } : {}) });
  const { subject, trailers } = describeCommit({
    action: "add",
    proposalId: input.proposalId,
    draft,
    actor: ctx.actor,
  });
  const lines = trailers.map(([key, value]) => `${key}: ${value}`);
  return {
    path: planned.path,
    before: note ? await tree.read(planned.path) : null,
    after: planned.content ?? "",
    commitMessage: [subject, "", ...lines].join("\n"),
  };
}
