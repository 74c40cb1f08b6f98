import { z } from "zod";

import { BatchStatus, RunStatus } from "#prisma/enums.ts";

export { BatchStatus, RunStatus };

/** Before there were messages, and the last day that has four digits: what lies outside, Postgres may not know. */
const [EARLIEST, LATEST] = [new Date(0), new Date("9999-12-31T23:59:59.999Z")];
const Moment = z
  .date()
  .min(EARLIEST, "The window lies before 1970. Choose a later day.")
  .max(LATEST, "The window lies after the year 9999. Choose an earlier day.");

/** The window of messages that a run reads: from the start on, up to but without the end. */
export const RunWindow = z
  .object({ windowStart: Moment, windowEnd: Moment })
  .refine((window) => window.windowStart < window.windowEnd, {
    error: "The window ends before it starts. Choose an end after the start.",
    path: ["windowEnd"],
  });

/** How the decisions on a run's proposals came out; stored when it is closed. */
export type RunAccuracy = {
  total: number;
  approved: number;
  rejected: number;
  merged: number;
  /** Approved or merged after a person had changed the words. */
  editedBefore: number;
  /** Share of proposals that were of use (approved or merged), 0 to 1; null without proposals. */
  precision: number | null;
  byKind: Record<string, Tally>;
  byConfidence: Record<string, Tally>;
};
export type Tally = { total: number; approved: number; rejected: number; merged: number };
