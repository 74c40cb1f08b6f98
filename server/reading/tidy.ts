/** How long a text may be, in UTF-16 units. What comes after is left out. */
const MAX_TEXT = 200_000;
const MAX_TITLE = 300;

/**
 * What no reader sees: control characters, marks of zero width, those that turn the direction of a line, and the tag
 * characters that can carry a whole hidden text.
 */
const UNSEEN =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;

/** A text as it may be kept: well-formed, without control characters and stretches of empty lines, at most `MAX_TEXT` long. */
export function tidy(raw: string): { text: string; isCut: boolean } {
  // Several times what is kept, so that blanks do not crowd out the words; never all of what a stranger sent.
  const start = raw.slice(0, MAX_TEXT * 4);
  const lines = start
    .replaceAll(/\r\n?|[\u000b\f\u2028\u2029]/g, "\n")
    .toWellFormed()
    .replaceAll(UNSEEN, "")
    .split("\n")
    .map((line) => line.trimEnd());
  // trimEnd and not a pattern: a pattern goes through a long run of blanks once for each of them.
  const whole = lines.filter((line, at) => line !== "" || (at > 0 && lines[at - 1] !== "")).join("\n");
  const trimmed = whole.replace(/^\n+/, "").trimEnd();
  const text = trimmed.length > MAX_TEXT ? trimmed.slice(0, endOfCharacter(trimmed, MAX_TEXT)) : trimmed;
  return { text, isCut: text.length < trimmed.length || start.length < raw.length };
}

/** A title in one line; null where nothing is left of it. */
export function tidyTitle(raw: string | null | undefined): string | null {
  const words = tidy((raw ?? "").slice(0, MAX_TITLE * 4))
    .text.split(/\s+/)
    .filter((word) => word !== "")
    .join(" ");
  return words.slice(0, endOfCharacter(words, MAX_TITLE)) || null;
}

/** Where to cut so that no character is split in two. */
function endOfCharacter(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  return text.length > at && unit >= 0xd800 && unit <= 0xdbff ? at - 1 : at;
}
