import type { Ctx } from "#server/lib/ctx.ts";

import type { OperationInput, OperationResult } from "./kb.ts";

/** Operations that become one commit, from when they are asked for until they are done. */
export type Unit = {
  /** For whom. */
  ctx: Ctx;
  operations: readonly OperationInput[];
  /** The subject of the commit where it holds more than one operation. */
  subject: string | undefined;
  queuedAt: Date;
  /** Takes it out of the queue that people see; to be awaited before it is begun. */
  leaveQueue: () => Promise<void>;
  /** Settled once it is done, with what became of each operation that has a commit. */
  outcome: PromiseWithResolvers<Map<string, OperationResult>>;
};

export function newUnit(given: Omit<Unit, "outcome">): Unit {
  const outcome = Promise.withResolvers<Map<string, OperationResult>>();
  // Whoever asked for it hears of it; nobody else needs to.
  outcome.promise.catch(() => {});
  return { ...given, outcome };
}
