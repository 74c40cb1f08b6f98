import { MAX_NOTE_BYTES } from "./schema.ts";

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: the first line of every pointer. */
export const LFS_LINE = "version https://git-lfs.github.com/spec/";

/** Whether a text can be a note: not too large, with nothing in it that no text has, and not the pointer to a file that is elsewhere. */
export function isNoteText(text: string): boolean {
  return !text.includes("\0") && !text.startsWith(LFS_LINE) && Buffer.byteLength(text) <= MAX_NOTE_BYTES;
}

/** Whether a text has one of the lines that git puts around two versions of a place, also behind characters that show nothing. */
export function hasConflictMarkers(text: string): boolean {
  return /^(?:<{7}|>{7}|\|{7})(?:\s|$)/m.test(text.replace(/\p{Default_Ignorable_Code_Point}/gu, ""));
}
