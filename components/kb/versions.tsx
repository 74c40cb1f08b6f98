"use client";

import type { ReactNode } from "react";

import { FileText, WordDiff } from "#components/ui/word-diff.tsx";

import { type Conflict, type ConflictedFile, shortHash } from "./kb.ts";

/** What each of the two made of a file, side by side; one below the other where there is no room. */
export function Versions({ conflict, file }: { conflict: Conflict; file: ConflictedFile }) {
  const { ours, theirs } = sidesOf(conflict);
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <Side title={`Ours: ${conflict.ourAuthor}`} note={ours}>
        <Version file={file} text={file.ours} label={`Ours, by ${conflict.ourAuthor}`} />
      </Side>
      <Side title={`Theirs: ${conflict.theirAuthor}`} note={theirs}>
        <Version file={file} text={file.theirs} label={`Theirs, by ${conflict.theirAuthor}`} />
      </Side>
    </div>
  );
}

/** What the two sides are, in words. Theirs is what stands there until someone chooses. */
function sidesOf({ source, kind, status }: Conflict): { ours: string; theirs: string } {
  const stands = status === "open" ? "; stands in the knowledge base until someone chooses" : "";
  switch (source) {
    case "remote":
      return { ours: "committed here", theirs: `came from the remote${stands}` };
    case "hand":
      return { ours: "committed here", theirs: `changed in the folder by hand${stands}` };
    default:
      return {
        ours: kind === "revert" ? "as it was before the commit that is to be taken back" : "was to be written",
        theirs: `was there first${stands}`,
      };
  }
}

function Side({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h3 className="font-medium">{title}</h3>
      <p className="mb-1.5 text-sm text-muted">{note}</p>
      {children}
    </section>
  );
}

/** A version as it differs from where both started; told in words where there is nothing to be compared. */
function Version({ file, text, label }: { file: ConflictedFile; text: string | null; label: string }) {
  if (text === null) {
    return (
      <p className="rounded-md bg-sunken px-3 py-2.5 text-soft">
        {file.base === null ? "There is no such file on this side." : "The file was deleted on this side."}
      </p>
    );
  }
  if (!file.isText) {
    return (
      <p className="rounded-md bg-sunken px-3 py-2.5 text-soft">
        Not a text that can be shown here: an image, or a file over 1 MiB. In a clone it is the object{" "}
        <code className="font-mono text-xs">{shortHash(text)}</code>.
      </p>
    );
  }
  if (file.base === null) {
    return (
      <>
        <p className="mb-1.5 text-sm text-muted">A new file: there was none before.</p>
        <FileText label={label}>{text}</FileText>
      </>
    );
  }
  return (
    <WordDiff before={file.base} after={text} label={label} same="Unchanged on this side." className="max-h-120" />
  );
}
