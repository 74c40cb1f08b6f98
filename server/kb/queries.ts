import type { Ctx } from "#server/lib/ctx.ts";

import type { Kbs } from "./kb.ts";

const OPERATIONS_SHOWN = 20;

/** How a space's knowledge base stands: what is committed, what is pushed, what is under way. */
export async function kbStatus(deps: { kbs: Kbs }, ctx: Ctx, { spaceId }: { spaceId: string }) {
  const kb = await deps.kbs.open(spaceId);
  const [row, unpushed, operations, leftAlone] = await Promise.all([
    ctx.db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } }),
    ctx.db.prisma.kbOperation.count({ where: { kbId: kb.id, status: "committed" } }),
    ctx.db.prisma.kbOperation.findMany({
      where: { kbId: kb.id },
      orderBy: [{ queuedAt: "desc" }, { id: "desc" }],
      take: OPERATIONS_SHOWN,
    }),
    kb.leftAlone(),
  ]);
  return {
    branch: kb.branch,
    headCommit: row.headCommit,
    /** Where notes are pushed to, without credentials; null: they stay on this machine. */
    remote: kb.remote,
    pushedCommit: row.pushedCommit,
    pushedAt: row.pushedAt,
    /** Why the last push did not go through, in words. */
    pushFailure: row.pushFailure,
    /** Operations that are committed and not pushed. */
    unpushed,
    isPushed: kb.remote !== null && row.pushedCommit === row.headCommit,
    /** Files that people changed in the folder; Winnow leaves them as they are. */
    leftAlone,
    operations: operations.map((operation) => ({
      id: operation.id,
      kind: operation.kind,
      status: operation.status,
      subject: operation.subject,
      proposalId: operation.proposalId,
      files: operation.files,
      commitHash: operation.commitHash,
      failure: operation.failure,
      queuedAt: operation.queuedAt,
      startedAt: operation.startedAt,
      committedAt: operation.committedAt,
      pushedAt: operation.pushedAt,
    })),
  };
}
