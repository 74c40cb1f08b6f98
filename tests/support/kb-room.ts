import { onTestFinished } from "vitest";

import { openRepository } from "#server/kb/git/repository.ts";
import type { Kb } from "#server/kb/index.ts";
import { createLock } from "#server/kb/lock.ts";
import type { Room } from "#server/kb/room.ts";
import { createWorkTree } from "#server/kb/work-tree/work-tree.ts";
import { noteFiles } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

/** What the inside of the module works on, for a knowledge base that is open already; local only. As another process of its home has it. */
export function roomOf(ctx: Ctx, kb: Kb, { homeId }: { homeId: string }): Room {
  const repository = openRepository(kb.folder, kb.branch);
  const lock = lockOf(ctx, kb.id);
  onTestFinished(async () => {
    await lock.close();
    repository.close();
  });
  const workTree = createWorkTree({ db: ctx.db, log: ctx.log, kbId: kb.id, repository });
  return {
    kbId: kb.id,
    spaceId: kb.spaceId,
    homeId,
    repository,
    lock,
    workTree,
    files: noteFiles,
    waiting: [],
    remote: null,
  };
}

/** A lock as another process has it: an object, a queue and a connection of its own. */
export const lockOf = (ctx: Ctx, kbId: string, timeoutS = 20) =>
  createLock({ db: ctx.db, kbId, timeoutS: async () => timeoutS, holder: async () => "someone is at work" });
