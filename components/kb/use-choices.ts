"use client";

import { useState } from "react";

import { useStored } from "#components/ui/stored.ts";
import type { ConflictChoice } from "#server/kb/schema.ts";

import { type Choices, choicesKey, firstText, readChoices } from "./choices.ts";
import type { ConflictedFile } from "./kb.ts";

/** What a person has in mind for the files of a conflict: every key stroke is kept in this browser until it is decided. */
export function useChoices(conflictId: string) {
  const [stored, store] = useStored(choicesKey(conflictId));
  // What was marked on this page counts, also where the browser keeps nothing.
  const [marked, setMarked] = useState<Choices | null>(null);
  const choices = marked ?? readChoices(stored);
  const change = (path: string, next: Choices[string]) => {
    const all = { ...choices, [path]: next };
    setMarked(all);
    store(JSON.stringify(all));
  };
  return {
    choices,
    choose: (file: ConflictedFile, choice: ConflictChoice) =>
      change(file.path, {
        choice,
        text: choices[file.path]?.text ?? (choice === "edited" ? firstText(file) : null),
      }),
    write: (file: ConflictedFile, text: string) => change(file.path, { choice: "edited", text }),
    /** The server has it now. What is on the screen stays, in case that it is refused there later. */
    forget: () => {
      setMarked(choices);
      store(null);
    },
  };
}
