import { hasConflictMarkers } from "#server/kb/index.ts";
import { type Actor, actorRef } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { joinNote, openFrontMatter, readFrontMatter, setEntries, setValue, splitNote } from "./front-matter.ts";
import { cleanText } from "./inert.ts";
import type { NoteVerifier } from "./schema.ts";

/**
 * A file as a person wrote it, with their approval in its front matter where theirs counts as one (`approvalOf`). A note needs a type: one without gets `Note`.
 * @throws AppError `invalid_input` where the front matter cannot be read or markers of a conflict are left in it
 */
export function approveText(content: string, by: NoteVerifier | null): string {
  refuseMarkers(content);
  const { yaml, body } = splitNote(cleanText(content));
  const document = openFrontMatter(yaml);
  if (!document) {
    throw new AppError(
      "invalid_input",
      "The top part between the --- lines is not valid YAML, so other programs could not read the note. Correct it; nothing was saved.",
    );
  }
  const { type } = readFrontMatter(yaml);
  if (typeof type !== "string" || type.trim() === "") setValue(document, "type", "Note");
  if (!by) return joinNote(document, body);
  const entry = { by: by.ref, name: by.name, at: by.at.toISOString().replace(/\.\d+Z$/, "Z") };
  setEntries(document, "verified", [entry], { isSame: (found) => found.by === entry.by, isOurs: () => false });
  return joinNote(document, body);
}

/** What someone's edit says of the note: people of the dashboard vouch for it, whoever else writes in a chat does not. */
export function approvalOf(actor: Actor, at: Date): NoteVerifier | null {
  return actor.type === "contributor" ? null : { ref: actorRef(actor), name: actor.name, at };
}

/** @throws AppError `invalid_input` for a text with the lines that git puts around two versions of a place */
export function refuseMarkers(text: string): void {
  if (!hasConflictMarkers(text)) return;
  throw new AppError(
    "invalid_input",
    "The text still has lines such as <<<<<<< or >>>>>>> in it, as git leaves them in a conflict. Take them out; nothing was saved.",
  );
}
