import type { FileChange, KbTree } from "../kb.ts";

/** The files of a tree as they will be after some changes. */
export function withChanges(tree: KbTree, changes: readonly FileChange[]): KbTree {
  if (changes.length === 0) return tree;
  const contents = new Map(
    changes.map((change) => [change.path, "content" in change ? change.content.toString() : null]),
  );
  return {
    // No commit has these files: what was decided on the one below is merged with them.
    head: null,
    read: async (path) => contents.get(path) ?? (contents.has(path) ? null : tree.read(path)),
    list: async (folder) => {
      const prefix = folder === "" ? "" : `${folder.replace(/\/+$/, "")}/`;
      const paths = new Set(await tree.list(folder));
      for (const [path, content] of contents) {
        if (content === null) paths.delete(path);
        else if (path.startsWith(prefix)) paths.add(path);
      }
      return [...paths].toSorted();
    },
    names: async (folder) => {
      const prefix = folder === "" ? "" : `${folder.replace(/\/+$/, "")}/`;
      const names = new Set(await tree.names(folder));
      for (const [path, content] of contents) {
        if (!path.startsWith(prefix)) continue;
        const [name = "", ...below] = path.slice(prefix.length).split("/");
        if (content !== null) names.add(below.length > 0 ? `${name}/` : name);
        else if (below.length === 0) names.delete(name);
      }
      return [...names];
    },
  };
}

/** Changes one after the other as one set: the last word on each file counts. */
export function united(...sets: ReadonlyArray<readonly FileChange[]>): FileChange[] {
  const byPath = new Map<string, FileChange>();
  for (const change of sets.flat()) byPath.set(change.path, change);
  return [...byPath.values()];
}
