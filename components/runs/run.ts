import { counted } from "#components/review/words.ts";
import type { Outputs } from "#components/trpc/client.tsx";

export type Run = Outputs["runs"]["list"]["items"][number];
export type RunDetail = Outputs["runs"]["byId"];

/** "18 proposals: 3 waiting, 12 approved, 3 rejected" */
export function proposalsInWords({ proposals }: Pick<Run, "proposals">): string {
  if (proposals.total === 0) return "no proposals";
  const parts = [
    [proposals.pending, "waiting"],
    [proposals.approved, "approved"],
    [proposals.merged, "merged"],
    [proposals.rejected, "rejected"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return `${counted(proposals.total, "proposal")}: ${said.join(", ")}`;
}

/** Why a run cannot be closed now, undefined when it can. */
export function whyNotClosed({ status, proposals }: Pick<Run, "status" | "proposals">): string | undefined {
  if (status === "pending" || status === "running")
    return "It has not read everything yet. Cancel it instead, or wait.";
  if (proposals.pending > 0) {
    const waiting = proposals.pending === 1 ? "1 proposal still waits" : `${proposals.pending} proposals still wait`;
    return `${waiting} for a decision. Decide first, then close.`;
  }
  return undefined;
}

/** Why failed batches of a run cannot be read again now, undefined when they can. */
export function whyNotRetried({ status }: Pick<Run, "status">): string | undefined {
  switch (status) {
    case "completed":
    case "reviewed":
      return undefined;
    case "pending":
    case "running":
      return "It is still reading. Wait until it is through, then try again.";
    default:
      return "This run has ended. Read the window again as a new run.";
  }
}
