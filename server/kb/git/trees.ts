import { AppError } from "#server/lib/errors.ts";

import type { FileChange } from "../kb.ts";
import { type NewObject, newObject, type ObjectReader } from "./objects.ts";
import { checkPath, linkRefused } from "../paths.ts";

/** One name in a folder. `name` holds the bytes of the name, one a character, because git sorts by bytes. */
type Entry = { mode: string; name: string; oid: string };
/** The names in one folder, by name. */
type Folder = ReadonlyMap<string, Entry>;

/** A file that differs between two trees; null where it is not there. */
export type Difference = { path: string; before: string | null; after: string | null; mode: string };

export type Trees = {
  /** The object id of the file at a path, or null where there is no file. */
  find: (root: string, path: string) => Promise<string | null>;
  /** The content of a file by its object id. */
  blob: (oid: string) => Promise<Buffer>;
  /** All files in and below a folder, sorted. */
  list: (root: string, folder: string) => Promise<string[]>;
  /** The tree that changes make of another, with the objects that it needs. @throws AppError for a path that may not be written */
  change: (root: string | null, changes: readonly FileChange[]) => Promise<{ root: string; objects: NewObject[] }>;
  /** The files that differ. Equal folders are not looked into. */
  diff: (before: string | null, after: string | null) => Promise<Difference[]>;
};

const FILE = "100644";
const FOLDER = "40000";
const LINK = "120000";
const SUBMODULE = "160000";
const EMPTY: Folder = new Map();
const MAX_CACHED = 500;

export function openTrees(reader: Pick<ObjectReader, "read">): Trees {
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
      if (old && (old.mode === LINK || old.mode === SUBMODULE)) throw linkRefused(here[0]?.change.path ?? "");
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

  const differences = async (before: string | null, after: string | null, prefix: string): Promise<Difference[]> => {
    if (before === after) return [];
    const [old, young] = await Promise.all([folderOf(before), folderOf(after)]);
    const found: Difference[] = [];
    for (const name of new Set([...old.keys(), ...young.keys()])) {
      const [was, is] = [old.get(name), young.get(name)];
      if (was?.oid === is?.oid && was?.mode === is?.mode) continue;
      const path = `${prefix}${textOf(name)}`;
      const folders = [was, is].map((entry) => (entry?.mode === FOLDER ? entry.oid : null));
      found.push(...(await differences(folders[0] ?? null, folders[1] ?? null, `${path}/`)));
      const [wasFile, isNowFile] = [was && isFile(was) ? was : null, is && isFile(is) ? is : null];
      if (wasFile || isNowFile) {
        found.push({
          path,
          before: wasFile?.oid ?? null,
          after: isNowFile?.oid ?? null,
          mode: (isNowFile ?? wasFile)?.mode ?? FILE,
        });
      }
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
    change: async (root, changes) => {
      const wishes = changes.map((change) => ({ change, names: checkPath(change.path).split("/").map(bytesOf) }));
      if (new Set(changes.map((change) => change.path)).size < changes.length) {
        throw new Error("An operation wants to change one file twice.");
      }
      const objects: NewObject[] = [];
      const made = await rewrite(root, wishes, objects);
      if (made) return { root: made, objects };
      const empty = newObject("tree", Buffer.alloc(0));
      return { root: empty.oid, objects: [...objects, empty] };
    },
    diff: (before, after) => differences(before, after, ""),
  };
}

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

const bytesOf = (name: string) => Buffer.from(name).toString("latin1");
const textOf = (name: string) => Buffer.from(name, "latin1").toString();
const isFile = (entry: Entry) => entry.mode.startsWith("100");

function bothFileAndFolder(path: string): AppError {
  return new AppError(
    "conflict",
    `“${path}” cannot be written to the knowledge base: the same name is used for a file and for a folder. Choose another name.`,
  );
}
