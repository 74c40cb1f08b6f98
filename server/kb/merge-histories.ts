import type { FileChange } from "./kb.ts";
import type { ConflictFile } from "./conflict-rows.ts";
import { git, GitError } from "./git/git.ts";
import { type NewObject, newObject } from "./git/objects.ts";
import type { Commit } from "./git/repository.ts";
import { mergeVersions } from "./git/three-way.ts";
import { type Entry, FOLDER, isFile, type ThreeEntries } from "./git/trees.ts";
import { staysInside } from "./paths.ts";
import type { Room } from "./room.ts";
import { MAX_NOTE_BYTES } from "./schema.ts";

/** One tree of two histories. Where both changed the same place, theirs stands in it and ours is in `conflicts`. */
export type Merged = { tree: string; objects: NewObject[]; conflicts: ConflictFile[] };

/**
 * Makes one tree of two histories with a common base, or without one. git does it, and follows what was renamed; where git finds a conflict it is
 * done file by file, so that no marker of a conflict ever stands in a file. Generated files are made anew, never merged.
 */
export async function mergeHistories(
  room: Room,
  { base, ours, theirs }: { base: Commit | null; ours: Commit; theirs: Commit },
): Promise<Merged> {
  const clean = base && (await mergedByGit(room, ours, theirs));
  const merged = clean ? { tree: clean, objects: [], conflicts: [] } : await mergedByFile(room, base, ours, theirs);
  return withGenerated(room, merged, ours, theirs);
}

async function mergedByGit({ repository, files }: Room, ours: Commit, theirs: Commit): Promise<string | null> {
  const args = ["merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", ours.hash, theirs.hash];
  try {
    const { code, stdout } = await git(repository.gitDir, args, { okCodes: [0, 1] });
    const [tree = "", ...conflicts] = stdout.toString().split("\0").filter(Boolean);
    if (code === 0) return tree;
    if (!conflicts.every(files.isGenerated)) return null;
    // What is made from other files is nothing to be in conflict over.
    const theirFiles = repository.files(theirs);
    const settled = await Promise.all(
      conflicts.map(async (path): Promise<FileChange> => {
        const content = await theirFiles.read(path);
        return content === null ? { path, delete: true } : { path, content };
      }),
    );
    const { root, objects } = await repository.trees.change(tree, settled, (path) => path);
    await repository.writeObjects(objects);
    return root;
  } catch (error) {
    // Before git 2.38 there is no such command; file by file nothing is lost, only renames are not seen.
    if (error instanceof GitError && /usage: git merge-tree|unknown option/.test(error.stderr)) return null;
    throw error;
  }
}

async function mergedByFile(room: Room, base: Commit | null, ours: Commit, theirs: Commit): Promise<Merged> {
  const { trees } = room.repository;
  const conflicts: ConflictFile[] = [];

  const resolve = async (path: string, at: ThreeEntries, objects: NewObject[]): Promise<Entry | null> => {
    if (room.files.isGenerated(path)) return at.theirs ?? at.ours;
    if (at.ours?.mode === FOLDER) {
      // Something of theirs has the name of a folder of ours: what stands in it is kept file by file.
      for (const inside of await trees.diff(null, at.ours.oid)) {
        const text = inside.after ? await trees.text(inside.after, MAX_NOTE_BYTES) : null;
        const versions = { base: null, ours: text ?? inside.after, theirs: null };
        conflicts.push({ path: `${path}/${inside.path}`, ...versions, isText: text !== null });
      }
      return at.theirs;
    }
    const [base, ours, theirs] = await Promise.all(
      [at.base, at.ours, at.theirs].map((entry) => versionOf(room, entry)),
    );
    if (base === undefined || ours === undefined || theirs === undefined) {
      const [was = null, mine = null, other = null] = [at.base, at.ours, at.theirs].map((entry) => entry?.oid ?? null);
      conflicts.push({ path, base: was, ours: mine, theirs: other, isText: false });
      return at.theirs;
    }
    const merged = at.theirs?.mode === FOLDER ? "conflict" : await mergeVersions(base, ours, theirs);
    if (merged === "conflict") {
      conflicts.push({ path, base, ours, theirs, isText: true });
      return at.theirs;
    }
    if (merged.merged === null) return null;
    const blob = newObject("blob", Buffer.from(merged.merged));
    objects.push(blob);
    const place = at.theirs ?? at.ours;
    return place && { ...place, oid: blob.oid };
  };

  const made = await trees.merge({ base: base?.tree ?? null, ours: ours.tree, theirs: theirs.tree }, resolve);
  return { tree: made.root, objects: made.objects, conflicts };
}

/** The text at a place, null where there is none (or a folder), undefined for what is no text. */
async function versionOf({ repository }: Room, entry: Entry | null): Promise<string | null | undefined> {
  if (!entry || entry.mode === FOLDER) return null;
  if (!isFile(entry)) return undefined;
  return (await repository.trees.text(entry.oid, MAX_NOTE_BYTES)) ?? undefined;
}

/** The listings of every folder in which one of the sides has other notes than the merged tree had before. */
async function withGenerated(room: Room, merged: Merged, ours: Commit, theirs: Commit): Promise<Merged> {
  const { repository, files } = room;
  const { trees } = repository;
  await repository.writeObjects(merged.objects);
  const differences = (
    await Promise.all([trees.diff(ours.tree, merged.tree), trees.diff(theirs.tree, merged.tree)])
  ).flat();
  const changes = await Promise.all(
    [...new Map(differences.map((each) => [each.path, each.after])).entries()]
      .filter(([path]) => path.endsWith(".md") && !files.isGenerated(path) && staysInside(path))
      .map(async ([path, oid]): Promise<FileChange | null> => {
        if (oid === null) return { path, delete: true };
        const text = await trees.text(oid, MAX_NOTE_BYTES);
        return text === null ? null : { path, content: text };
      }),
  );
  const tree = repository.filesOf(merged.tree);
  const generated = await files.generate(
    tree,
    changes.filter((change) => change !== null),
  );
  if (generated.length === 0) return { ...merged, objects: [] };
  const { root, objects } = await trees.change(merged.tree, generated, (path) => path);
  return { ...merged, tree: root, objects };
}
