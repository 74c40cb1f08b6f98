import type { Commit, Repository } from "./repository.ts";

const MAX_COMMITS = 200;

/** Whether a file had this content at some commit after `base`, up to `tip`: then someone brought it there, and nobody edited it since. */
export async function wasCommitted(
  repository: Repository,
  range: { base: Commit | null; tip: Commit | null },
  file: { path: string; oid: string | null },
): Promise<boolean> {
  const waiting = range.tip ? [range.tip] : [];
  const seen = new Set<string>();
  for (let commit = waiting.shift(); commit && seen.size < MAX_COMMITS; commit = waiting.shift()) {
    if (seen.has(commit.hash) || commit.hash === range.base?.hash) continue;
    seen.add(commit.hash);
    if ((await repository.trees.find(commit.tree, file.path)) === file.oid) return true;
    const parents = await Promise.all(commit.parents.map((hash) => repository.commit(hash)));
    waiting.push(...parents.filter((parent) => parent !== null));
  }
  return false;
}
