import type { RunStatus } from "#prisma/enums.ts";

/**
 * Where a run may go from where it is. Every other move is refused.
 * `reviewed` goes back to `completed` when a decision is undone, for it has something to decide again. Both go back to `running`
 * when batches that failed are tried again, and from there on as any run; a run that has ended does not.
 */
export const RUN_MOVES = {
  pending: ["running", "cancelled"],
  running: ["completed", "failed", "cancelled"],
  completed: ["reviewed", "closed", "running"],
  reviewed: ["completed", "closed", "running"],
  closed: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<RunStatus, readonly RunStatus[]>;

/** The states from which a run may move to `to`: what a compare-and-set names in its condition. */
export function statesBefore(to: RunStatus): RunStatus[] {
  return (Object.keys(RUN_MOVES) as RunStatus[]).filter((from) =>
    (RUN_MOVES[from] as readonly RunStatus[]).includes(to),
  );
}

/** The states in which a run keeps its space from starting another one. */
export const OPEN_STATES = (Object.keys(RUN_MOVES) as RunStatus[]).filter((status) => RUN_MOVES[status].length > 0);

/** Each state as a person says it. */
export const STATE_IN_WORDS = {
  pending: "not started yet",
  running: "still running",
  completed: "waiting for decisions",
  reviewed: "reviewed but not closed",
  closed: "closed",
  failed: "failed",
  cancelled: "cancelled",
} as const satisfies Record<RunStatus, string>;
