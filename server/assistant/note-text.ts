import { hasConflictMarkers } from "#server/kb/index.ts";
import { cleanBody, parseNote } from "#server/knowledge/index.ts";
import { AppError } from "#server/lib/errors.ts";

/** Where the footnotes begin that Winnow puts below a text: who said it, and the exact words. */
const EVIDENCE = /^(?:Evidence: \[\^m\d+\]|\[\^m\d+\]:)/m;

/** What becomes of the text of a note: a passage of it is replaced, or all of it where `passage` is null. */
export type TextChange = { passage: string | null; text: string };

/**
 * A note with another text. Its front matter stays as it is, byte for byte, and so do the quotes that it rests on.
 * What is new is made harmless, as in every note.
 * @throws AppError `invalid_input` where the passage does not stand there exactly once, or the text would touch what is to stay
 */
export function withText(content: string, { passage, text }: TextChange): string {
  const { head, body, evidence } = partsOf(content);
  const changed = passage === null ? cleanBody(text) : replacePassage(body, passage, text);
  if (hasConflictMarkers(changed)) {
    throw new AppError(
      "invalid_input",
      "The text has lines such as <<<<<<< in it. Take them out; nothing was changed.",
    );
  }
  const next = `${[head, changed.trim(), evidence].filter(Boolean).join("\n\n")}\n`;
  if (JSON.stringify(parseNote(next).frontMatter) !== JSON.stringify(parseNote(content).frontMatter)) {
    throw new AppError("invalid_input", "A text cannot begin with a block between --- lines. Nothing was changed.");
  }
  return next;
}

function replacePassage(body: string, passage: string, text: string): string {
  const places = passage === "" ? 0 : body.split(passage).length - 1;
  if (places !== 1) {
    throw new AppError(
      "invalid_input",
      places === 0
        ? "This passage does not stand in the text of the note. Read the note and take the passage over exactly; front matter and quotes of sources cannot be changed."
        : `This passage stands in the note ${places} times. Give more of the text around it, so that it is there once.`,
    );
  }
  const at = body.indexOf(passage);
  const put = (piece: string) => body.slice(0, at) + piece + body.slice(at + passage.length);
  // What a person wrote with HTML in it is theirs: then only the new piece is made harmless.
  const isInert = cleanBody(body).trim() === body.trim();
  return isInert ? cleanBody(put(text)) : put(cleanBody(text));
}

/** The front matter with its lines, the text, and what stands below it as evidence. */
function partsOf(content: string): { head: string; body: string; evidence: string } {
  const whole = content.trimEnd();
  const { body, sources } = parseNote(content);
  const head = whole.slice(0, whole.length - body.length).trimEnd();
  const at = sources.some((source) => source.messageId !== null) ? body.search(EVIDENCE) : -1;
  if (at === -1) return { head, body, evidence: "" };
  return { head, body: body.slice(0, at).trimEnd(), evidence: body.slice(at) };
}
