import { isUtf8 } from "node:buffer";
import { setImmediate as others } from "node:timers/promises";

import { foldPath, staysInside } from "../paths.ts";
import { type KbProblem, MAX_NOTE_BYTES } from "../schema.ts";
import { git } from "./git.ts";
import type { Repository } from "./repository.ts";
import { isLfsPointer, LINK, SUBMODULE } from "./trees.ts";

/** More would be a list that nobody reads. */
const MAX_PROBLEMS = 50;
/** A pointer has three short lines; looking into every small note would cost more than it tells. */
const MAX_POINTER_BYTES = 256;
/** A note with a longer path cannot be found again. */
const MAX_PATH_BYTES = 1_000;
/** Then whatever else waits in this process has its turn. */
const LINES_AT_A_TIME = 500;

/**
 * What of a commit Winnow leaves alone, and why: at most 50 places.
 * @param isNote whether a Markdown file is known to be one: only the others are looked into
 */
export async function findProblems(
  { gitDir, trees }: Repository,
  tree: string,
  isNote: (path: string) => boolean,
): Promise<KbProblem[]> {
  const { stdout } = await git(gitDir, ["ls-tree", "-r", "-l", "-z", "--full-tree", tree]);
  const problems: KbProblem[] = [];
  const folded = new Map<string, string>();
  for (const [index, line] of splitAtZeros(stdout).entries()) {
    if (index % LINES_AT_A_TIME === 0) await others();
    // `<mode> <type> <oid> <size>\t<path>`
    const tab = line.indexOf(9);
    const [mode = "", , oid = "", size = ""] = line.toString("latin1", 0, tab).split(/ +/);
    const name = line.subarray(tab + 1);
    const path = name.toString();
    const clash = clashOf(folded, path);
    if (clash) problems.push({ kind: "case-clash", path: clash });
    if (mode === SUBMODULE) problems.push({ kind: "submodule", path });
    else if (!isUtf8(name)) problems.push({ kind: "not-utf8", path });
    else if (!staysInside(path) || name.length > MAX_PATH_BYTES) problems.push({ kind: "unusable-name", path });
    else if (mode !== LINK && !isNote(path)) {
      const isSmall = Number(size) <= MAX_POINTER_BYTES;
      if (isSmall && isLfsPointer(await trees.blob(oid))) problems.push({ kind: "lfs-pointer", path });
      else if (path.endsWith(".md") && (await trees.text(oid, MAX_NOTE_BYTES)) === null) {
        problems.push({ kind: "too-large", path });
      }
    }
    if (problems.length >= MAX_PROBLEMS) break;
  }
  return problems.slice(0, MAX_PROBLEMS);
}

/** The first part of a path that would be the same as one of an earlier path on another computer, and that one. Each pair is told once. */
function clashOf(folded: Map<string, string>, path: string): string | null {
  const names = path.split("/");
  for (let depth = 1; depth <= names.length; depth++) {
    const part = names.slice(0, depth).join("/");
    const key = foldPath(part);
    const other = folded.get(key);
    if (other === undefined) folded.set(key, part);
    else if (other !== part) {
      if (folded.has(`${key}\0${part}`)) return null;
      folded.set(`${key}\0${part}`, part);
      return `${other} and ${part}`;
    }
  }
  return null;
}

function splitAtZeros(output: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(0, at);
    if (end < 0) break;
    lines.push(output.subarray(at, end));
    at = end + 1;
  }
  return lines;
}
