import { z } from "zod";

import { ReplayStatus } from "#prisma/enums.ts";

export { ReplayStatus };

const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0");
const STORABLE = "The words hold characters that no text has.";

/** Which run is read again, and by whom: what the space has chosen for reading unless something else is named. */
export const StartReplay = z.object({
  runId: z.uuid(),
  /** Null for the endpoint of the server's environment; left out for what the space has chosen. */
  providerId: z.uuid().nullable().optional(),
  model: z.string().trim().min(1).max(200).refine(isStorable, STORABLE).optional(),
  /** Words in the place of the prompt's. */
  system: z
    .string()
    .trim()
    .min(1)
    .max(20_000, "The words have at most 20,000 characters.")
    .refine(isStorable, STORABLE)
    .optional(),
});
export type StartReplay = z.infer<typeof StartReplay>;
