"use client";

import { useState } from "react";

import { useOperation } from "#components/kb/use-writing.ts";
import { useStored } from "#components/ui/stored.ts";

import type { Source } from "./note.ts";
import { draftKey, type NoteDraft, readDraft } from "./note-draft.ts";

/**
 * The text of a note while somebody writes it. Every key stroke is kept in this browser until the server has the text, so that neither
 * Escape nor a reload nor a failed save loses any of it.
 */
export function useNoteDraft(noteId: string, source: Source) {
  const [stored, store] = useStored(draftKey(noteId));
  // What was written on this page counts, also where the browser keeps nothing.
  const [written, setWritten] = useState<NoteDraft | null>(null);
  const kept = written ?? readDraft(stored);
  const saving = useOperation(kept?.operationId ?? null);
  // Saved by now, or in the hands of the conflict: the page was left or reloaded meanwhile.
  const isOver =
    kept !== null &&
    kept.operationId !== null &&
    saving !== undefined &&
    (saving === null || saving.status === "committed" || saving.status === "pushed" || saving.status === "conflicted");
  const fresh: NoteDraft = { base: source.base, original: source.content, content: source.content, operationId: null };
  const draft = kept && !isOver ? kept : fresh;

  const keep = (next: NoteDraft) => {
    setWritten(next);
    store(next.content === next.original ? null : JSON.stringify(next));
  };
  return {
    draft,
    isChanged: draft.content !== draft.original,
    /** Somebody changed the note since this was begun. */
    wasOvertaken: draft.original !== source.content,
    wasRestored: written === null && kept !== null && !isOver,
    write: (content: string) => keep({ ...draft, content, operationId: null }),
    /** The server was asked to save it. */
    hold: (operationId: string | null) => keep({ ...draft, operationId }),
    forget: () => {
      setWritten(null);
      store(null);
    },
  };
}
