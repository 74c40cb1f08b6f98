"use client";

import { useRef, useState } from "react";
import type { z } from "zod";

import { useStored } from "#components/ui/stored.ts";

import { type Draft, readDraft } from "./draft.ts";

/**
 * What somebody writes on a page of the settings. Every key stroke is kept in this browser until the server has it, so that
 * neither a reload nor a refused save loses any of it.
 * @param given.name where it is kept
 * @param given.content what is in force, and `version` its number
 */
export function useDraft<Content>(given: {
  name: string;
  schema: z.ZodType<Content>;
  content: Content;
  version: number;
}) {
  const { name, schema, content, version } = given;
  const [stored, store] = useStored(`winnow.settings.${name}`);
  // What was written on this page counts, also where the browser keeps nothing.
  const [written, setWritten] = useState<Draft<Content> | null>(null);
  const kept = written ?? readDraft(schema, stored);
  const draft = kept ?? { seenVersion: version, content };
  // What is written while a save is on its way is known to what ends the save.
  const newest = useRef<Content | null>(null);
  const keep = (next: Draft<Content>) => {
    newest.current = next.content;
    setWritten(next);
    store(JSON.stringify(next));
  };
  const forget = () => {
    newest.current = null;
    setWritten(null);
    store(null);
  };
  return {
    ...draft,
    isKept: kept !== null,
    wasRestored: written === null && kept !== null,
    /** Somebody changed it since this was begun. */
    wasOvertaken: draft.seenVersion !== version,
    write: (next: Content) => keep({ seenVersion: draft.seenVersion, content: next }),
    /** What the other one changed was seen, and this is to stand in its place. */
    insist: () => keep({ seenVersion: version, content: draft.content }),
    forget,
    /** The server has it now, under this version; what was written since goes on from there. */
    settle: (saved: Content, savedAs: number) => {
      const later = newest.current;
      if (later === null || JSON.stringify(later) === JSON.stringify(saved)) forget();
      else keep({ seenVersion: savedAs, content: later });
    },
  };
}
