import type { Actor } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";

/** Brings the row of a note to what was committed, and announces it. @returns the note's id, the same for the same path */
export async function indexNote(
  _tx: Tx,
  _note: {
    spaceId: string;
    kbId: string;
    path: string;
    /** The whole file. */
    content: string;
    commitHash: string;
    committedAt: Date;
    proposalId?: string | null;
    actor: Actor;
  },
): Promise<{ noteId: string }> {
  throw new Error("Not built yet.");
}

/** Takes a removed note out of the index, and announces it. @returns null where it was not in it */
export async function unindexNote(
  _tx: Tx,
  _note: { spaceId: string; kbId: string; path: string; commitHash: string; actor: Actor; at: Date },
): Promise<{ noteId: string } | null> {
  throw new Error("Not built yet.");
}
