import { type FileChange, isNoteText, type KbTree } from "#server/kb/index.ts";

import { splitNote } from "./front-matter.ts";
import { escapeText } from "./inert.ts";
import { type Entry, entryOf, type Listing, parseListing, renderListing, ROOT_SECTIONS } from "./listing.ts";
import { parseNote } from "./note.ts";
import type { ParsedNote } from "./schema.ts";

const ROOT_INDEX = "index.md";
const ROOT_TITLE = "Knowledge base";
const ROOT_FRONT_MATTER = `---\nokf_version: "0.2"\n---\n\n`;
const TASKS = { title: "Tasks", description: "What was asked for, by whom it is done, and until when" };
/** A folder for the notes of one month, in a folder that grew too long. */
const MONTH_FOLDER = /^(.+)\/(\d{4}-\d{2})$/;

/** Whether a file is a listing, which nobody writes by hand. */
export const isListing = (path: string) => path === ROOT_INDEX || path.endsWith(`/${ROOT_INDEX}`);

/**
 * The index.md files that go with changes to notes: that of each folder with its notes, and that of the root (or of the folder above,
 * for the folder of a month) with its folders. A listing is made from what stands in it and the notes that change, so that a
 * commit does not read the whole folder.
 */
export async function generateListings(tree: KbTree, changes: readonly FileChange[]): Promise<FileChange[]> {
  const notes = changes
    .filter(({ path }) => path.endsWith(".md") && !isListing(path))
    .map((change) => ({
      path: change.path,
      note: "content" in change ? parseNote(change.content.toString()) : null,
    }));
  const listings = openListings(tree);
  for (const [folder, inside] of Map.groupBy(notes, ({ path }) => folderOf(path))) {
    await listings.change(folder, inside);
  }
  return listings.changes();
}

type Changed = { path: string; note: ParsedNote | null };

/** The listings as they will be: those that were not asked for stay as they are. */
function openListings(tree: KbTree) {
  const open = new Map<string, { old: string | null; listing: Listing }>();

  const listingOf = async (path: string) => {
    const known = open.get(path);
    if (known) return known;
    const old = await tree.read(path);
    const fresh = { old, listing: old === null ? { title: "", entries: [] } : parseListing(old) };
    open.set(path, fresh);
    return fresh;
  };

  /** Brings the entries of a folder's own notes up to date. Only notes that the listing does not know are read. */
  const change = async (folder: string, changed: readonly Changed[]): Promise<void> => {
    const path = indexOf(folder);
    const { listing } = await listingOf(path);
    const byPath = new Map(listing.entries.map((entry) => [entry.path, entry]));
    const news = new Map(changed.map((each) => [each.path, each.note]));
    const present = (await tree.names(folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => (folder === "" ? name : `${folder}/${name}`))
      .filter((each) => !isListing(each) && !news.has(each));
    const others = await Promise.all(present.map(async (each) => byPath.get(each) ?? readEntry(tree, each)));
    const fresh = changed.flatMap((each) => (each.note ? [entryOf(each.path, each.note)] : []));
    const folders = listing.entries.filter((entry) => isListing(entry.path));
    const entries = [...folders, ...others.filter((entry) => entry !== null), ...fresh];
    listing.entries = folder === "" ? entries.map((entry) => inRoot(entry)) : entries;
    if (folder === "") return;
    listing.title ||= titleOf(folder, fresh.length > 0 ? (changed.find((each) => each.note)?.note ?? null) : null);
    await standIn(folder, listing);
  };

  /** Puts a folder into the listing above it, or takes it out when nothing is left in it. */
  const standIn = async (folder: string, listing: Listing): Promise<void> => {
    const month = MONTH_FOLDER.exec(folder);
    const parent = month?.[1] ?? "";
    const above = (await listingOf(indexOf(parent))).listing;
    const path = indexOf(folder);
    above.entries = above.entries.filter((entry) => entry.path !== path);
    if (listing.entries.length > 0)
      above.entries.push(month ? monthEntry(path, month[2] ?? "") : folderEntry(folder, listing));
    if (parent === "") return;
    above.title ||= titleOf(parent, null);
    await standIn(parent, above);
  };

  return {
    change,
    changes: (): FileChange[] =>
      [...open].flatMap(([path, { old, listing }]): FileChange[] => {
        const isRoot = path === ROOT_INDEX;
        if (!isRoot && listing.entries.length === 0) return old === null ? [] : [{ path, delete: true }];
        const content = isRoot ? renderRoot(old, listing) : renderListing(listing);
        return content === old ? [] : [{ path, content }];
      }),
  };
}

/** The line for a file that the listing does not know; null for one that is no note, whatever its name. */
async function readEntry(tree: KbTree, path: string): Promise<Entry | null> {
  const text = await tree.read(path);
  return text === null || !isNoteText(text) ? null : entryOf(path, parseNote(text));
}

function renderRoot(old: string | null, listing: Listing): string {
  const yaml = old === null ? null : splitNote(old).yaml;
  const frontMatter = yaml === null ? ROOT_FRONT_MATTER : `---\n${yaml}\n---\n\n`;
  return frontMatter + renderListing({ title: listing.title || ROOT_TITLE, entries: listing.entries }, "by-name");
}

function folderEntry(folder: string, { title, entries }: Listing): Entry {
  const about = entries.find((entry) => entry.section === "About");
  const isTasks = folder === "tasks";
  return {
    section: isTasks ? ROOT_SECTIONS.tasks : folder.startsWith("topics/") ? ROOT_SECTIONS.topics : ROOT_SECTIONS.notes,
    title,
    path: indexOf(folder),
    description: isTasks ? TASKS.description : (about?.description ?? ""),
  };
}

const monthEntry = (path: string, month: string): Entry => ({
  section: "By month",
  title: month,
  path,
  description: "",
});

/** A note at the top stands among the notes; a folder keeps its section. */
const inRoot = (entry: Entry): Entry => (isListing(entry.path) ? entry : { ...entry, section: ROOT_SECTIONS.notes });

const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
const indexOf = (folder: string) => (folder === "" ? ROOT_INDEX : `${folder}/${ROOT_INDEX}`);

/** What a folder is called where no listing says it yet. */
function titleOf(folder: string, note: ParsedNote | null): string {
  if (folder === "tasks") return TASKS.title;
  const name = folder.slice(folder.lastIndexOf("/") + 1);
  const isMonth = MONTH_FOLDER.test(folder);
  const words = isMonth ? name : (note?.topic ?? (note?.type === "Topic" ? note.title : name.replaceAll("-", " ")));
  return escapeText(words.charAt(0).toUpperCase() + words.slice(1));
}
