"use client";

import { useState } from "react";

import { Section } from "#components/kb/section.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Age } from "#components/ui/time.tsx";
import { WordDiff } from "#components/ui/word-diff.tsx";

import type { Prompt } from "./prompt.ts";

/** Every change of a prompt, the newest first: what it changed, and its words back into the editor. */
export function PromptHistory({
  prompt: { history, own },
  onRestore,
}: {
  prompt: Prompt;
  onRestore: (system: string) => void;
}) {
  const [openVersion, setOpenVersion] = useState<number | null>(null);
  return (
    <Section title="History">
      <ol className="border-t">
        {history.map(({ version, system, changedBy, changedAt }, index) => {
          const isOpen = version === openVersion;
          return (
            <li key={version} className="border-b py-2">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <p className="min-w-48 flex-1">
                  {changedBy} {system === null ? "went back to Winnow’s own words" : "changed the words"},{" "}
                  <Age at={changedAt} inWords /> {index === 0 && <Badge>in force</Badge>}
                </p>
                <Button
                  size="sm"
                  variant="ghost"
                  aria-expanded={isOpen}
                  aria-label={`What change ${version} changed`}
                  onClick={() => setOpenVersion(isOpen ? null : version)}
                >
                  {isOpen ? "Hide" : "What it changed"}
                </Button>
                {index > 0 && (
                  <Button
                    size="sm"
                    aria-label={`Put the words of change ${version} into the editor`}
                    onClick={() => onRestore(system ?? own)}
                  >
                    Into the editor
                  </Button>
                )}
              </div>
              {isOpen && <WordDiff className="mt-2" before={history[index + 1]?.system ?? own} after={system ?? own} />}
            </li>
          );
        })}
      </ol>
    </Section>
  );
}
