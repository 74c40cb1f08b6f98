import { type FileChange, foldPath, type KbTree } from "#server/kb/index.ts";
import { AppError } from "#server/lib/errors.ts";

import { renderNote, withStatus } from "./note.ts";
import { notePathFor } from "./note-path.ts";
import type { NoteDraft, NoteStatus } from "./schema.ts";

export type NoteChange =
  /** A note: at `path` where one is given (an update of that file), else at a free path of its own. */
  | { draft: NoteDraft; path?: string; at: Date }
  /** A file as it is, e.g. back to what it was. */
  | { path: string; content: string }
  /** Another status of the note at `path`, with the path of the note that holds in its place; nothing where there is no such note. */
  | { path: string; setStatus: NoteStatus; supersededBy: string | null }
  | { remove: string };

export type PlannedNote = {
  /** Where the note is, collisions settled. */
  path: string;
  /** Its whole text, or null where it is removed. */
  content: string | null;
  /** The note's file; empty when nothing changes. The listings that it stands in go with it by themselves (`generateListings`). */
  changes: FileChange[];
};

const MAX_SAME_NAME = 1_000;
/** A folder with more files than this takes no new ones: git writes a folder anew with each of its changes, and nobody reads so long a list. */
const MAX_FILES_IN_FOLDER = 400;

/** Decides at the tip what is written for a note. */
export async function planNote(tree: KbTree, change: NoteChange): Promise<PlannedNote> {
  const { path, content } = await decideFile(tree, change);
  const before = await tree.read(path);
  if (before === content) return { path, content, changes: [] };
  return { path, content, changes: [content === null ? { path, delete: true } : { path, content }] };
}

async function decideFile(tree: KbTree, change: NoteChange): Promise<{ path: string; content: string | null }> {
  if ("remove" in change) return { path: change.remove, content: null };
  if ("content" in change) return change;
  if ("setStatus" in change) {
    const { path, setStatus: status, supersededBy } = change;
    const existing = await tree.read(path);
    return { path, content: existing === null ? null : withStatus(existing, { status, supersededBy }) };
  }
  const { draft, at } = change;
  if (change.path !== undefined) {
    const existing = await tree.read(change.path);
    return { path: change.path, content: renderNote(draft, existing ?? undefined) };
  }
  return { path: await freePath(tree, notePathFor({ ...draft, at })), content: renderNote(draft) };
}

/**
 * The path, or the first of `-2`, `-3` … that no file has, nor could have on a disk that takes no notice of case. In a folder that is
 * full it is in one for its month, `tasks/2026-11/`.
 */
async function freePath(tree: KbTree, wanted: string): Promise<string> {
  const { folder, name } = splitPath(wanted);
  const beside = await tree.names(folder);
  const month = /^\d{4}-\d{2}/.exec(name)?.[0];
  if (month && beside.length >= MAX_FILES_IN_FOLDER && !folder.endsWith(`/${month}`)) {
    return freePath(tree, `${folder}/${month}/${name}`);
  }
  // A folder takes its name as well.
  const taken = new Set(beside.map((each) => foldPath(each.replace(/\/$/, ""))));
  const stem = name.replace(/\.md$/, "");
  for (let count = 1; count <= MAX_SAME_NAME; count++) {
    const free = count === 1 ? name : `${stem}-${count}.md`;
    if (!taken.has(foldPath(free))) return folder === "" ? free : `${folder}/${free}`;
  }
  throw new AppError("conflict", "There are too many notes of this title on this day. Give it another title.");
}

/** A path as the folder and the name in it. */
export function splitPath(path: string): { folder: string; name: string } {
  const at = path.lastIndexOf("/");
  return { folder: path.slice(0, Math.max(0, at)), name: path.slice(at + 1) };
}
