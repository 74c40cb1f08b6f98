import { lstat } from "node:fs/promises";
import { join } from "node:path";

import { AppError } from "#server/lib/errors.ts";

const MAX_PATH_BYTES = 1_000;
const MAX_NAME_BYTES = 240;
// Control characters and the marks that change the direction of text: a name must be what it looks like.
const DECEPTIVE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

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
  return path.split("/").every((name) => {
    const plain = name.replace(/[. ]+$/, "").toLowerCase();
    return plain !== "" && plain !== ".git" && !/^git~\d+$/.test(plain) && !/[\\\p{Cc}]/u.test(name);
  });
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
  if (!path.isWellFormed() || DECEPTIVE.test(path)) return "contains characters that cannot be seen";
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return "is too long";
  if (path.includes("\\")) return "contains a backslash";
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) return "is absolute";
  for (const name of path.split("/")) {
    if (name === "") return "has an empty part";
    if (name === "." || name === "..") return "leaves its folder";
    if (name.startsWith(".")) return "touches a hidden file";
    // What Windows makes of `.git` and its short name.
    if (/^git~\d+$/i.test(name) || /[. ]$/.test(name)) return "has a name that some systems read as another";
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) return "has a name that is too long";
  }
  return undefined;
}
