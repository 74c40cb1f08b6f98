import { BadgeCheck, CircleHelp } from "lucide-react";

import { Age } from "#components/ui/time.tsx";

import type { Note } from "./note.ts";

/** Whether a person stands behind a note. */
export function Trust({ note }: { note: Note }) {
  const names = note.verified.map((each) => each.name ?? each.by);
  const who = note.approvedBy ?? names.at(-1);
  if (!who) {
    return (
      <span className="inline-flex items-center gap-1 text-warning">
        <CircleHelp aria-hidden className="size-3.5" />
        nobody has approved it
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1 text-success">
      <BadgeCheck aria-hidden className="size-3.5" />
      approved by {who}
      {note.approvedAt && (
        <span className="text-muted">
          <Age at={note.approvedAt} inWords />
        </span>
      )}
    </span>
  );
}
