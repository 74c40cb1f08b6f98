"use client";

import { useId } from "react";

import { COMMANDS } from "#components/review/commands.ts";
import { cn } from "#components/ui/cn.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import { ConflictChoice } from "#server/kb/schema.ts";

import { whyNot } from "./choices.ts";
import { type Conflict, type ConflictedFile, fileName } from "./kb.ts";

/** The key of each choice, from the table of commands. */
export const CHOICE_COMMANDS = {
  ours: "keepOurs",
  theirs: "keepTheirs",
  both: "keepBoth",
  edited: "writeOwn",
} as const satisfies Record<ConflictChoice, keyof typeof COMMANDS>;

/** What is to stand in a file: ours, theirs, both, or a text of one's own; each says what it means. */
export function ChoiceGroup({
  conflict,
  file,
  value,
  blockedBecause,
  onChoose,
}: {
  conflict: Conflict;
  file: ConflictedFile;
  value: ConflictChoice | null;
  blockedBecause: string | undefined;
  onChoose: (choice: ConflictChoice) => void;
}) {
  const words = wordsFor(conflict, file);
  const id = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">What is to stand there?</legend>
      <div className="grid gap-2 sm:grid-cols-2 xl:grid-cols-4">
        {ConflictChoice.options.map((choice) => {
          const reason = whyNot(choice, file);
          const isOff = blockedBecause !== undefined || reason !== undefined;
          return (
            <label
              key={choice}
              className={cn(
                "flex items-start gap-2 rounded-md border border-control px-3 py-2",
                value === choice && "border-accent bg-selected",
                isOff ? "border-line text-muted" : "cursor-pointer hover:bg-hover",
                value === choice && "hover:bg-selected",
              )}
            >
              <input
                type="radio"
                name={`choice-${file.path}`}
                value={choice}
                checked={value === choice}
                disabled={isOff}
                aria-label={words[choice].title}
                aria-describedby={`${id}-${choice}`}
                onChange={() => onChoose(choice)}
                className="mt-0.5 size-4 shrink-0 accent-ink"
              />
              <span className="min-w-0 flex-1">
                <span className="flex items-center justify-between gap-2 font-medium">
                  {words[choice].title}
                  <Kbd keys={COMMANDS[CHOICE_COMMANDS[choice]].keys} className="pointer-coarse:hidden" />
                </span>
                <span id={`${id}-${choice}`} className="block text-sm break-words text-muted">
                  {reason ?? words[choice].means}
                </span>
              </span>
            </label>
          );
        })}
      </div>
      {blockedBecause && <p className="mt-2 text-sm text-muted">{blockedBecause}</p>}
    </fieldset>
  );
}

function wordsFor(
  { ourAuthor, theirAuthor }: Conflict,
  { path, ours, theirs }: ConflictedFile,
): Record<ConflictChoice, { title: string; means: string }> {
  return {
    ours: {
      title: "Ours",
      means: ours === null ? "The file goes away." : `The version of ${ourAuthor} takes the place of theirs.`,
    },
    theirs: {
      title: "Theirs",
      means: theirs === null ? "It stays away." : `What ${theirAuthor} wrote stays as it is. Ours is dropped.`,
    },
    both: {
      title: "Both",
      means: `Theirs stays in place. Ours becomes a file of its own beside ${fileName(path)}.`,
    },
    edited: { title: "Edit", means: "You write what is to stand there, starting from theirs." },
  };
}
