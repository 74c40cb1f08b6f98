import { lstat } from "node:fs/promises";
import { join } from "node:path";

import { AppError } from "#server/lib/errors.ts";

const MAX_PATH_BYTES = 1_000;
const MAX_NAME_BYTES = 240;
// Control characters, and marks that show nothing or change the direction of text: a name must be what it looks like.
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u;
/** What stands in a name that was not valid UTF-8 when git handed it over: written back, it would be another name. */
const UNREADABLE = "\ufffd";
const WINDOWS_REFUSES = /[<>:"|?*]/;
/** Names that Windows keeps for devices, with any extension; as `foldPath` has them, so `COM¹` is here as `com1`. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$) *(?:[.:]|$)/;
/** git's own folder and its short name on NTFS, which drops dots and spaces at the end and reads a colon as a stream of the file. */
const GITS_OWN = /^(?:\.git|git~\d+)[. ]*(?::|$)/;

/**
 * The one check of a path that comes from outside: it names a file inside the knowledge base and nothing else.
 * @returns the same path
 * @throws AppError `invalid_input` for a path that leaves the folder, touches git's own or another hidden file, or deceives
 */
export function checkPath(path: string): string {
  const problem = problemOf(path);
  if (problem) {
    throw new AppError(
      "invalid_input",
      `This path cannot be used in the knowledge base: it ${problem}. Use a relative path such as topics/harbour/note.md.`,
    );
  }
  return path;
}

/** Whether a path that a commit of someone else has stays in the folder and out of git's own. Weaker than `checkPath`: people may keep hidden files. */
export function staysInside(path: string): boolean {
  if (/[\\\p{Cc}]/u.test(path) || path.includes(UNREADABLE)) return false;
  const isGitsOwn = foldPath(path)
    .split(/[/\\]/)
    .some((name) => GITS_OWN.test(name));
  return !isGitsOwn && path.split("/").every((name) => name.replace(/[. ]+$/, "") !== "");
}

/**
 * The form in which two paths clash: paths with the same form can be one file on a disk that takes no notice of case,
 * of characters that show nothing, or of how a letter is composed, as on Windows and macOS. It goes further than any one
 * of these systems does (compatibility forms are the same too). Made to be compared, never to be written.
 */
export function foldPath(path: string): string {
  const composed = path.replace(/\p{Default_Ignorable_Code_Point}/gu, "").normalize("NFKC");
  // One way alone leaves ς beside σ or ẞ beside ss.
  return composed.toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}

/**
 * Refuses a path that a symbolic link in the work tree would lead somewhere else.
 * @throws AppError `invalid_input`
 */
export async function checkNoLink(folder: string, path: string): Promise<void> {
  const names = path.split("/");
  for (let depth = 1; depth <= names.length; depth++) {
    const part = names.slice(0, depth).join("/");
    const found = await lstat(join(folder, part)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw error;
    });
    if (!found) return;
    if (found.isSymbolicLink()) throw linkRefused(part);
  }
}

/** The refusal of a path that leads through a symbolic link. */
export function linkRefused(path: string): AppError {
  return new AppError(
    "invalid_input",
    `“${path}” in the knowledge base is a link to another place, so nothing is written there. Replace it by a plain file or folder.`,
  );
}

function problemOf(path: string): string | undefined {
  if (path === "") return "is empty";
  if (!path.isWellFormed() || UNSEEN.test(path)) return "contains characters that cannot be seen";
  if (path.includes(UNREADABLE)) return "contains a character that could not be read";
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return "is too long";
  if (path.includes("\\")) return "contains a backslash";
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) return "is absolute";
  // git compares names by their bytes: the same letters in two forms would be two files that some disks cannot keep apart.
  if (path !== path.normalize("NFC")) return "is not in the composed form of Unicode (NFC)";
  for (const name of path.split("/")) {
    const problem = problemOfName(name);
    if (problem) return problem;
  }
  return undefined;
}

function problemOfName(name: string): string | undefined {
  if (name === "") return "has an empty part";
  if (name === "." || name === "..") return "leaves its folder";
  if (name.startsWith(".")) return "touches a hidden file";
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return "has a name that is too long";
  if (WINDOWS_REFUSES.test(name)) return "contains a character that Windows cannot store";
  const folded = foldPath(name);
  if (DEVICE.test(folded)) return "has a name that Windows keeps for a device";
  // Dots, slashes and letters have wide and other twins that some systems take for the plain ones.
  if (/[. ]$/.test(name) || GITS_OWN.test(folded) || /^\.|[/\\]/.test(folded)) {
    return "has a name that some systems read as another";
  }
  return undefined;
}
