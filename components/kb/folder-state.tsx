"use client";

import { Alert } from "#components/ui/alert.tsx";
import { Said } from "#components/ui/said.tsx";

import type { KbStatus } from "./kb.ts";
import { Section } from "./section.tsx";
import { PROBLEM_WORDS } from "./words.ts";

/** What in the folder and the repository Winnow leaves as it is, with what a person can do about it. */
export function FolderState({ kb }: { kb: KbStatus }) {
  const { leftAlone, workTreeNote, problems } = kb;
  if (leftAlone.length === 0 && workTreeNote === null && problems.length === 0) {
    return (
      <Section title="The folder">
        <p className="text-muted">It follows the commits, and holds nothing that Winnow has to leave alone.</p>
      </Section>
    );
  }
  const groups = Map.groupBy(problems, (problem) => problem.kind);
  return (
    <Section title="The folder">
      <div className="flex flex-col gap-3">
        {workTreeNote && (
          <Alert tone="warning" title="The folder does not follow the commits">
            <Said text={workTreeNote} />
          </Alert>
        )}
        {leftAlone.length > 0 && (
          <div>
            <p className="font-medium">Changed by hand, and left as it is</p>
            <p className="text-sm text-muted">
              Commit it yourself, or leave it: a file that somebody still writes is taken in once it has come to rest.
            </p>
            <Paths paths={leftAlone} />
          </div>
        )}
        {[...groups].map(([kind, inKind]) => (
          <div key={kind}>
            <p className="font-medium">{PROBLEM_WORDS[kind].what}</p>
            <p className="text-sm text-muted">{PROBLEM_WORDS[kind].todo}</p>
            <Paths paths={inKind.map((problem) => problem.path)} />
          </div>
        ))}
      </div>
    </Section>
  );
}

function Paths({ paths }: { paths: readonly string[] }) {
  return (
    <ul className="mt-1 flex flex-col gap-0.5">
      {paths.map((path) => (
        <li key={path} className="font-mono text-xs break-all text-soft">
          {path}
        </li>
      ))}
    </ul>
  );
}
