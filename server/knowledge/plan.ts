import type { FileChange, KbTree } from "#server/kb/index.ts";
import { AppError } from "#server/lib/errors.ts";

import { splitNote } from "./front-matter.ts";
import { escapeText } from "./inert.ts";
import { type Entry, entryOf, type Listing, parseListing, renderListing, ROOT_SECTIONS } from "./listing.ts";
import { parseNote, renderNote } from "./note.ts";
import { notePathFor } from "./note-path.ts";
import type { NoteDraft, ParsedNote } from "./schema.ts";

export type NoteChange =
  /** A note: at `path` where one is given (an update of that file), else at a free path of its own. */
  | { draft: NoteDraft; path?: string; at: Date }
  /** A file as it is, e.g. back to what it was. */
  | { path: string; content: string }
  | { remove: string };

export type PlannedNote = {
  /** Where the note is, collisions settled. */
  path: string;
  /** Its whole text, or null where it is removed. */
  content: string | null;
  /** The note's file first, then the generated index.md files that it changes. Empty when nothing changes. */
  changes: FileChange[];
};

const ROOT_INDEX = "index.md";
const ROOT_TITLE = "Knowledge base";
const ROOT_FRONT_MATTER = `---\nokf_version: "0.2"\n---\n\n`;
const TASKS = { title: "Tasks", description: "What was asked for, by whom it is done, and until when" };
const MAX_SAME_NAME = 1_000;

/** Decides at the tip what is written for a note: its file, and the listings that it stands in. */
export async function planNote(tree: KbTree, change: NoteChange): Promise<PlannedNote> {
  const { path, content } = await decideFile(tree, change);
  const before = await tree.read(path);
  if (before === content) return { path, content, changes: [] };
  const changes: FileChange[] = [content === null ? { path, delete: true } : { path, content }];
  changes.push(...(await planListings(tree, path, content === null ? null : parseNote(content))));
  return { path, content, changes };
}

async function decideFile(tree: KbTree, change: NoteChange): Promise<{ path: string; content: string | null }> {
  if ("remove" in change) return { path: change.remove, content: null };
  if ("content" in change) return change;
  const { draft, at } = change;
  if (change.path !== undefined) {
    const existing = await tree.read(change.path);
    return { path: change.path, content: renderNote(draft, existing ?? undefined) };
  }
  const wanted = notePathFor({ ...draft, at });
  return { path: await freePath(tree, wanted), content: renderNote(draft) };
}

/** The path, or the first of `-2`, `-3` … that no file has. */
async function freePath(tree: KbTree, wanted: string): Promise<string> {
  const stem = wanted.replace(/\.md$/, "");
  for (let count = 1; count <= MAX_SAME_NAME; count++) {
    const path = count === 1 ? wanted : `${stem}-${count}.md`;
    if ((await tree.read(path)) === null) return path;
  }
  throw new AppError("conflict", "There are too many notes of this title on this day. Give it another title.");
}

/** The listings that change with one note: that of its folder, and the root's when the folder appears or disappears. */
async function planListings(tree: KbTree, path: string, note: ParsedNote | null): Promise<FileChange[]> {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  if (folder === "") return changeRoot(tree, path, note && { ...entryOf(path, note), section: ROOT_SECTIONS.notes });

  const indexPath = `${folder}/index.md`;
  const old = await tree.read(indexPath);
  const listing = old === null ? { title: "", entries: [] } : parseListing(old);
  const entries = await bringEntries(tree, folder, listing.entries, { path, note });
  if (entries.length === 0) {
    const rootChange = await changeRoot(tree, indexPath, null);
    return old === null ? rootChange : [{ path: indexPath, delete: true }, ...rootChange];
  }
  const title = listing.title || titleOf(folder, note);
  const content = renderListing({ title, entries });
  const about = entries.find((entry) => entry.section === "About");
  const isTasks = folder === "tasks";
  const rootChange = await changeRoot(tree, indexPath, {
    section: isTasks ? ROOT_SECTIONS.tasks : folder.startsWith("topics/") ? ROOT_SECTIONS.topics : ROOT_SECTIONS.notes,
    title,
    path: indexPath,
    description: isTasks ? TASKS.description : (about?.description ?? ""),
  });
  return content === old ? rootChange : [{ path: indexPath, content }, ...rootChange];
}

/** The lines of a folder as it will be. Only notes that the listing does not know are read. */
async function bringEntries(
  tree: KbTree,
  folder: string,
  known: readonly Entry[],
  changed: { path: string; note: ParsedNote | null },
): Promise<Entry[]> {
  const inFolder = (await tree.list(folder)).filter(
    (path) => path.endsWith(".md") && path !== `${folder}/index.md` && !path.slice(folder.length + 1).includes("/"),
  );
  const byPath = new Map(known.map((entry) => [entry.path, entry]));
  const others = await Promise.all(
    inFolder
      .filter((path) => path !== changed.path)
      .map(async (path) => byPath.get(path) ?? entryOf(path, parseNote((await tree.read(path)) ?? ""))),
  );
  return changed.note ? [...others, entryOf(changed.path, changed.note)] : others;
}

async function changeRoot(tree: KbTree, path: string, entry: Entry | null): Promise<FileChange[]> {
  const old = await tree.read(ROOT_INDEX);
  const listing: Listing = old === null ? { title: ROOT_TITLE, entries: [] } : parseListing(old);
  const entries = listing.entries.filter((each) => each.path !== path);
  if (entry) entries.push(entry);
  const yaml = old === null ? null : splitNote(old).yaml;
  const frontMatter = yaml === null ? ROOT_FRONT_MATTER : `---\n${yaml}\n---\n\n`;
  const content = frontMatter + renderListing({ title: listing.title || ROOT_TITLE, entries }, "by-name");
  return content === old ? [] : [{ path: ROOT_INDEX, content }];
}

/** What a folder is called where no listing says it yet. */
function titleOf(folder: string, note: ParsedNote | null): string {
  if (folder === "tasks") return TASKS.title;
  const name = folder.slice(folder.lastIndexOf("/") + 1);
  const words = note?.topic ?? (note?.type === "Topic" ? note.title : name.replaceAll("-", " "));
  return escapeText(words.charAt(0).toUpperCase() + words.slice(1));
}
