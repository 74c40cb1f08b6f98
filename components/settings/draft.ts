import { z } from "zod";

/** What somebody has written and not saved yet, with the version that they saw when they began. */
export type Draft<Content> = { seenVersion: number; content: Content };

/** What was kept in the browser, or null where nothing readable was. */
export function readDraft<Content>(schema: z.ZodType<Content>, stored: string | null): Draft<Content> | null {
  if (stored === null) return null;
  try {
    return z.object({ seenVersion: z.number(), content: schema }).safeParse(JSON.parse(stored)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
