"use client";

import type { ReactNode } from "react";

import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Prose } from "#components/ui/markdown.tsx";
import { useStored } from "#components/ui/stored.ts";

import type { Note } from "./note.ts";
import { draftKey, readDraft } from "./note-draft.ts";
import { NoteFacts } from "./note-facts.tsx";
import { NoteLinks } from "./note-links.tsx";
import { sourceId, Sources } from "./sources.tsx";
import { useShownLine } from "./use-shown-line.ts";

/** What a note says, what it rests on, and its commit. */
export function NoteText({
  note,
  at,
  linkTo,
  onEdit,
}: {
  note: Note;
  /** The line of the text that is to be shown; null for its beginning. */
  at: number | null;
  linkTo: (path: string) => string | null;
  onEdit: () => void;
}) {
  const textRef = useShownLine(at);
  return (
    <div ref={textRef} className="flex max-w-3xl flex-col gap-6">
      <DraftNotice note={note} onEdit={onEdit} />
      {note.text.trim() === "" ? (
        <p className="text-muted">Only the title and the facts below: there is no further text.</p>
      ) : (
        <Prose text={withSourceLinks(note)} linkTo={linkTo} />
      )}
      <Section title="Rests on">
        <Sources note={note} />
      </Section>
      {note.links.length > 0 && (
        <Section title="Hangs together with">
          <NoteLinks note={note} />
        </Section>
      )}
      <Section title="About the note">
        <NoteFacts note={note} />
      </Section>
    </div>
  );
}

/** A text that was begun here and is not saved. */
function DraftNotice({ note, onEdit }: { note: Note; onEdit: () => void }) {
  const [stored] = useStored(draftKey(note.id));
  if (readDraft(stored)?.operationId !== null) return null;
  return (
    <Alert
      title="You have unsaved changes to this note"
      action={
        <Button size="sm" onClick={onEdit}>
          Go on editing
        </Button>
      }
    />
  );
}

/** The text with its footnotes leading to the sources below. */
function withSourceLinks({ text, sources }: Note): string {
  const numbers = new Map(sources.map((source, index) => [source.id, index + 1]));
  return text.replaceAll(/(?<!\\)\[\^(m\d+)\](?!:)/g, (whole, id: string) => {
    const number = numbers.get(id);
    return number === undefined ? whole : `[\\[${number}\\]](#${sourceId(id)})`;
  });
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h2 className="mb-2 text-sm font-medium text-muted">{title}</h2>
    {children}
  </section>
);
