import type { FileChange, KbTree } from "#server/kb/index.ts";

/** Files in memory, as a tree that changes can be put into. `reads` are the paths that were read. */
export function memoryTree(start: Record<string, string> = {}) {
  const files = new Map(Object.entries(start));
  const reads: string[] = [];
  const prefixOf = (folder: string) => (folder === "" ? "" : `${folder}/`);
  const below = (folder: string) => [...files.keys()].filter((path) => path.startsWith(prefixOf(folder))).toSorted();
  const tree: KbTree = {
    head: null,
    read: async (path) => {
      reads.push(path);
      return files.get(path) ?? null;
    },
    list: async (folder) => below(folder),
    names: async (folder) => {
      const inside = below(folder).map((path) => path.slice(prefixOf(folder).length).split("/"));
      return [...new Set(inside.map(([name = "", ...rest]) => (rest.length > 0 ? `${name}/` : name)))];
    },
  };
  const put = (changes: readonly FileChange[]) => {
    for (const change of changes) {
      if ("delete" in change) files.delete(change.path);
      else files.set(change.path, change.content.toString());
    }
  };
  return { files, tree, put, reads };
}
