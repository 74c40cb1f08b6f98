import { isUtf8 } from "node:buffer";

import { AppError } from "#server/lib/errors.ts";

import type { FileChange } from "../kb.ts";
import { type NewObject, newObject, type ObjectReader } from "./objects.ts";
import { LFS_LINE } from "../note-text.ts";
import { checkPath, linkRefused } from "../paths.ts";

/** One name in a folder. `name` holds the bytes of the name, one a character, because git sorts by bytes. */
export type Entry = { mode: string; name: string; oid: string };
/** What stands at one place in three trees; null where nothing does. */
export type ThreeEntries = { base: Entry | null; ours: Entry | null; theirs: Entry | null };
/**
 * A place that is no file with a readable name, in one of two trees: a link, a submodule, or a file whose name is not UTF-8.
 * `path` is bytes, one a character.
 */
export type OtherDifference = { path: string; before: Entry | null; after: Entry | null };
/** What is at a place that is not the same in two trees, where it is no folder. `path` is bytes, one a character. */
type Pair = { path: string; was: Entry | null; is: Entry | null };
/** The names in one folder, by name. */
type Folder = ReadonlyMap<string, Entry>;

/** A file that differs between two trees; null where it is not there. */
export type Difference = { path: string; before: string | null; after: string | null; mode: string };

export type Trees = {
  /** The object id of the file at a path, or null where there is no file. */
  find: (root: string, path: string) => Promise<string | null>;
  /** The content of a file by its object id. */
  blob: (oid: string) => Promise<Buffer>;
  /** The same as text, or null where it is no text, larger than that, or the pointer to a file that Git LFS keeps elsewhere. */
  text: (oid: string, maxBytes: number) => Promise<string | null>;
  /** All files in and below a folder, sorted. */
  list: (root: string, folder: string) => Promise<string[]>;
  /** The names in a folder itself, those of folders with a `/` behind. */
  names: (root: string, folder: string) => Promise<string[]>;
  /** The tree that changes make of another, with the objects that it needs. @throws AppError for a path that may not be written: what `check` (checkPath when not given) refuses */
  change: (
    root: string | null,
    changes: readonly FileChange[],
    check?: (path: string) => string,
  ) => Promise<{ root: string; objects: NewObject[] }>;
  /** The files that differ. Equal folders are not looked into. A file whose name is not UTF-8 has no path, so it is none of them. */
  diff: (before: string | null, after: string | null) => Promise<Difference[]>;
  /** Whatever else differs. */
  others: (before: string | null, after: string | null) => Promise<OtherDifference[]>;
  /**
   * One tree of two that come from the same base: what only one side changed is taken from it.
   * @param resolve decides what stands where both changed the same place (and not both hold a folder there); it may add objects
   */
  merge: (
    roots: { base: string | null; ours: string; theirs: string },
    resolve: (path: string, entries: ThreeEntries, objects: NewObject[]) => Promise<Entry | null>,
  ) => Promise<{ root: string; objects: NewObject[] }>;
};

const FILE = "100644";
export const FOLDER = "40000";
export const LINK = "120000";
export const SUBMODULE = "160000";
const EMPTY: Folder = new Map();
const MAX_CACHED = 500;

export function openTrees(reader: Pick<ObjectReader, "read" | "size">): Trees {
  const cache = new Map<string, Folder>();

  const remember = (oid: string, folder: Folder): Folder => {
    cache.delete(oid);
    cache.set(oid, folder);
    const oldest = cache.keys().next().value;
    if (cache.size > MAX_CACHED && oldest) cache.delete(oldest);
    return folder;
  };

  const folderOf = async (oid: string | null | undefined): Promise<Folder> => {
    if (!oid) return EMPTY;
    const known = cache.get(oid);
    if (known) return remember(oid, known);
    const found = await reader.read(oid);
    if (found?.type !== "tree") throw new Error(`The tree ${oid} is missing from the knowledge base.`);
    return remember(oid, parseTree(found.content));
  };

  const entryAt = async (root: string, names: readonly string[]): Promise<Entry | null> => {
    let at: Entry | undefined = { mode: FOLDER, name: "", oid: root };
    for (const name of names) {
      if (at?.mode !== FOLDER) return null;
      at = (await folderOf(at.oid)).get(name);
    }
    return at ?? null;
  };

  const filesBelow = async (oid: string, prefix: string): Promise<string[]> => {
    const paths: string[] = [];
    for (const entry of (await folderOf(oid)).values()) {
      if (!isReadable(entry.name)) continue;
      const path = `${prefix}${textOf(entry.name)}`;
      if (entry.mode === FOLDER) paths.push(...(await filesBelow(entry.oid, `${path}/`)));
      else if (isFile(entry)) paths.push(path);
    }
    return paths;
  };

  const rewrite = async (oid: string | null, wishes: readonly Wish[], objects: NewObject[]): Promise<string | null> => {
    const folder = new Map(await folderOf(oid));
    for (const [name, here] of Map.groupBy(wishes, (wish) => wish.names[0] ?? "")) {
      const old = folder.get(name);
      if (old?.mode === SUBMODULE) throw submoduleRefused(textOf(name));
      if (old?.mode === LINK) throw linkRefused(here[0]?.change.path ?? "");
      const leaf = here.find((wish) => wish.names.length === 1);
      if (leaf && (here.length > 1 || old?.mode === FOLDER)) throw bothFileAndFolder(leaf.change.path);
      if (leaf && "delete" in leaf.change) {
        folder.delete(name);
      } else if (leaf && "content" in leaf.change) {
        const blob = newObject("blob", Buffer.from(leaf.change.content));
        objects.push(blob);
        folder.set(name, { mode: old?.mode ?? FILE, name, oid: blob.oid });
      } else {
        const isWriting = here.some((wish) => "content" in wish.change);
        if (old && old.mode !== FOLDER && isWriting) throw bothFileAndFolder(here[0]?.change.path ?? "");
        if (old && old.mode !== FOLDER) continue;
        const below = here.map((wish) => ({ ...wish, names: wish.names.slice(1) }));
        const made = await rewrite(old?.oid ?? null, below, objects);
        if (made) folder.set(name, { mode: FOLDER, name, oid: made });
        else folder.delete(name);
      }
    }
    if (folder.size === 0) return null;
    const tree = newObject("tree", formatTree(folder));
    objects.push(tree);
    remember(tree.oid, folder);
    return tree.oid;
  };

  const pairs = async (before: string | null, after: string | null, prefix: string): Promise<Pair[]> => {
    if (before === after) return [];
    const [old, young] = await Promise.all([folderOf(before), folderOf(after)]);
    const found: Pair[] = [];
    for (const name of new Set([...old.keys(), ...young.keys()])) {
      const [was, is] = [old.get(name), young.get(name)];
      if (was?.oid === is?.oid && was?.mode === is?.mode) continue;
      const path = `${prefix}${name}`;
      const folders = [was, is].map((entry) => (entry?.mode === FOLDER ? entry.oid : null));
      found.push(...(await pairs(folders[0] ?? null, folders[1] ?? null, `${path}/`)));
      const [wasEntry, isEntry] = [was, is].map((entry) => (entry && entry.mode !== FOLDER ? entry : null));
      if (wasEntry || isEntry) found.push({ path, was: wasEntry ?? null, is: isEntry ?? null });
    }
    return found;
  };

  return {
    find: async (root, path) => {
      const entry = await entryAt(root, path.split("/").map(bytesOf));
      return entry && isFile(entry) ? entry.oid : null;
    },
    blob: async (oid) => {
      const found = await reader.read(oid);
      if (found?.type !== "blob") throw new Error(`The file ${oid} is missing from the knowledge base.`);
      return found.content;
    },
    list: async (root, folder) => {
      const trimmed = folder.replace(/\/+$/, "");
      const entry = await entryAt(root, trimmed === "" ? [] : trimmed.split("/").map(bytesOf));
      if (entry?.mode !== FOLDER) return [];
      return (await filesBelow(entry.oid, trimmed === "" ? "" : `${trimmed}/`)).toSorted();
    },
    text: async (oid, maxBytes) => {
      if (((await reader.size(oid)) ?? 0) > maxBytes) return null;
      const found = await reader.read(oid);
      return found ? textOfBlob(found.content) : null;
    },
    names: async (root, folder) => {
      const entry = await entryAt(root, folder === "" ? [] : folder.split("/").map(bytesOf));
      if (entry?.mode !== FOLDER) return [];
      const inside = [...(await folderOf(entry.oid)).values()].filter((each) => isReadable(each.name));
      return inside.map((each) => (each.mode === FOLDER ? `${textOf(each.name)}/` : textOf(each.name)));
    },
    change: async (root, changes, check = checkPath) => {
      const wishes = changes.map((change) => ({ change, names: check(change.path).split("/").map(bytesOf) }));
      if (new Set(changes.map((change) => change.path)).size < changes.length) {
        throw new Error("An operation wants to change one file twice.");
      }
      const objects: NewObject[] = [];
      const made = await rewrite(root, wishes, objects);
      if (made) return { root: made, objects };
      const empty = newObject("tree", Buffer.alloc(0));
      return { root: empty.oid, objects: [...objects, empty] };
    },
    diff: async (before, after) =>
      (await pairs(before, after, "")).flatMap(({ path, was, is }) => {
        const [wasFile, isNowFile] = [was && isFile(was) ? was : null, is && isFile(is) ? is : null];
        if ((!wasFile && !isNowFile) || !isReadable(path)) return [];
        const mode = (isNowFile ?? wasFile)?.mode ?? FILE;
        return [{ path: textOf(path), before: wasFile?.oid ?? null, after: isNowFile?.oid ?? null, mode }];
      }),
    others: async (before, after) =>
      (await pairs(before, after, "")).flatMap(({ path, was, is }) => {
        const isOther = (entry: Entry | null) => entry && (!isFile(entry) || !isReadable(path));
        const [wasOther, isNowOther] = [isOther(was) ? was : null, isOther(is) ? is : null];
        return wasOther || isNowOther ? [{ path, before: wasOther, after: isNowOther }] : [];
      }),
    merge: async ({ base, ours, theirs }, resolve) => {
      const objects: NewObject[] = [];
      const mergeFolder = async (roots: [string | null, string | null, string | null], prefix: string) => {
        const [was, mine, other] = await Promise.all(roots.map(folderOf));
        const merged = new Map<string, Entry>();
        for (const name of new Set([...(mine?.keys() ?? []), ...(other?.keys() ?? []), ...(was?.keys() ?? [])])) {
          const at = { base: was?.get(name) ?? null, ours: mine?.get(name) ?? null, theirs: other?.get(name) ?? null };
          const entry = await mergeEntry(at, `${prefix}${textOf(name)}`);
          if (entry) merged.set(name, { ...entry, name });
        }
        if (merged.size === 0) return null;
        const tree = newObject("tree", formatTree(merged));
        objects.push(tree);
        remember(tree.oid, merged);
        return tree.oid;
      };
      const mergeEntry = async (at: ThreeEntries, path: string): Promise<Entry | null> => {
        if (isSame(at.ours, at.theirs) || isSame(at.base, at.ours)) return at.theirs;
        if (isSame(at.base, at.theirs)) return at.ours;
        if (at.ours?.mode !== FOLDER || at.theirs?.mode !== FOLDER) return resolve(path, at, objects);
        const before = at.base?.mode === FOLDER ? at.base.oid : null;
        const oid = await mergeFolder([before, at.ours.oid, at.theirs.oid], `${path}/`);
        return oid === null ? null : { ...at.theirs, oid };
      };
      const made = await mergeFolder([base, ours, theirs], "");
      const empty = newObject("tree", Buffer.alloc(0));
      return made ? { root: made, objects } : { root: empty.oid, objects: [...objects, empty] };
    },
  };
}

/** The text of a note, or null for what cannot be one: not UTF-8, with a zero in it, or a pointer to somewhere else. */
function textOfBlob(content: Buffer): string | null {
  if (content.includes(0) || !isUtf8(content) || isLfsPointer(content)) return null;
  return content.toString();
}

/** Whether a file is the place of one that Git LFS keeps elsewhere. */
export const isLfsPointer = (content: Buffer) => content.subarray(0, LFS_LINE.length).toString("latin1") === LFS_LINE;

type Wish = { change: FileChange; names: string[] };

function parseTree(content: Buffer): Folder {
  const folder = new Map<string, Entry>();
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    const name = content.toString("latin1", space + 1, end);
    folder.set(name, {
      mode: content.toString("latin1", at, space),
      name,
      oid: content.toString("hex", end + 1, end + 21),
    });
    at = end + 21;
  }
  return folder;
}

function formatTree(folder: Folder): Buffer {
  // git sorts a folder as if its name ended in a slash.
  const key = (entry: Entry) => (entry.mode === FOLDER ? `${entry.name}/` : entry.name);
  const entries = [...folder.values()].toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return Buffer.concat(
    entries.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`, "latin1"), Buffer.from(oid, "hex")]),
  );
}

export const bytesOf = (name: string) => Buffer.from(name).toString("latin1");
export const textOf = (name: string) => Buffer.from(name, "latin1").toString();
/** Whether a name, or a path, is UTF-8. */
export const isReadable = (name: string) => !/[\x80-\xff]/.test(name) || isUtf8(Buffer.from(name, "latin1"));
export const isFile = (entry: Entry) => entry.mode.startsWith("100");
const isSame = (a: Entry | null, b: Entry | null) => a?.oid === b?.oid && a?.mode === b?.mode;

function bothFileAndFolder(path: string): AppError {
  return new AppError(
    "conflict",
    `“${path}” cannot be written to the knowledge base: the same name is used for a file and for a folder. Choose another name.`,
  );
}

function submoduleRefused(name: string): AppError {
  return new AppError(
    "invalid_input",
    `“${name}” in the knowledge base is a submodule, so nothing is written below it: it belongs to another repository. Choose another folder.`,
  );
}
