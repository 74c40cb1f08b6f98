import { z } from "zod";

/** A note as somebody writes it, as it is kept in the browser until it is saved. */
const NoteDraft = z.object({
  /** The commit that the text was read at, and the file as it was then. */
  base: z.string(),
  original: z.string(),
  content: z.string(),
  /** What saves it, once that was asked for. */
  operationId: z.string().nullable(),
});
export type NoteDraft = z.infer<typeof NoteDraft>;

export const draftKey = (noteId: string) => `winnow.note.${noteId}`;

/** What was kept, or null where nothing readable was. */
export function readDraft(stored: string | null): NoteDraft | null {
  if (stored === null) return null;
  try {
    return NoteDraft.safeParse(JSON.parse(stored)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
