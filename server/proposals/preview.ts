import type { Kbs } from "#server/kb/index.ts";
import { planNote } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { describeCommit } from "./commit.ts";
import { draftNote } from "./draft.ts";
import { planRetirement, retirementOf } from "./retire.ts";

/** A file as it is, null where it is new, and as it will be. */
type Planned = { path: string; before: string | null; after: string };

/**
 * What an approval would write, as the KB is now: the path, the whole file, what stands there today, and the commit's message.
 * For a proposal that has its note already: that note as it would be written again. For one that says that a note is no longer so, that note too.
 */
export async function previewProposal(
  deps: { kbs: Kbs },
  ctx: Ctx,
  input: { spaceId: string; proposalId: string },
): Promise<Planned & { commitMessage: string; retires: Planned | null }> {
  const at = ctx.now();
  const draft = await draftNote(ctx.db, { ...input, approval: { actor: ctx.actor, at } });
  const note = await ctx.db.prisma.note.findFirst({ where: { spaceId: input.spaceId, proposalId: input.proposalId } });
  const kb = await deps.kbs.open(input.spaceId);
  const tree = await kb.tree();
  const planned = await planNote(tree, { draft, at, ...(note ? { path: note.path } : {}) });
  const retirement = await retirementOf(ctx.db, input);
  const [change] = retirement ? await planRetirement(tree, retirement, retirement.isAll ? null : planned.path) : [];
  const retires =
    change && "content" in change && typeof change.content === "string"
      ? { path: change.path, before: await tree.read(change.path), after: change.content }
      : null;
  const { subject, trailers } = describeCommit({
    action: retirement?.isAll ? "retire" : "add",
    ...(retirement?.isAll ? { hostTitle: retirement.title } : {}),
    proposalId: input.proposalId,
    draft,
    actor: ctx.actor,
  });
  const lines = trailers.map(([key, value]) => `${key}: ${value}`);
  const commitMessage = [subject, "", ...lines].join("\n");
  if (retirement?.isAll) {
    const path = retirement.path ?? "";
    const before = retirement.path === null ? null : await tree.read(retirement.path);
    return { ...(retires ?? { path, before, after: before ?? "" }), retires: null, commitMessage };
  }
  return {
    path: planned.path,
    before: note ? await tree.read(planned.path) : null,
    after: planned.content ?? "",
    commitMessage,
    retires,
  };
}
