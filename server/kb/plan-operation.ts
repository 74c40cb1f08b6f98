import { type ConflictFile, KbConflict } from "./conflict-rows.ts";
import { united } from "./git/overlay.ts";
import { mergeVersions } from "./git/three-way.ts";
import type { FileChange, KbTree, OperationInput } from "./kb.ts";
import type { Room } from "./room.ts";

/**
 * What an operation writes at the tip: what it planned, or proposed on an older commit, with the generated files that go with it.
 * Null where it is not wanted any more or has nothing to do.
 * @throws KbConflict where its text and the newest one cannot be made one
 */
export async function planOperation(room: Room, operation: OperationInput, tree: KbTree): Promise<FileChange[] | null> {
  if (operation.isWanted && !(await operation.isWanted())) return null;
  const changes = operation.proposed ? await rebase(room, operation, tree) : await operation.plan(tree);
  if (!changes || changes.length === 0) return null;
  return united(changes, await room.files.generate(tree, changes));
}

/** What was proposed on an older commit, merged onto the tip; planned again where that cannot be. */
async function rebase(room: Room, operation: OperationInput, tree: KbTree): Promise<FileChange[] | null> {
  const { proposed, plan } = operation;
  if (!proposed) return null;
  if (proposed.base === tree.head) return proposed.changes;
  const base = room.repository.files(proposed.base ? await room.repository.commit(proposed.base) : null);
  const changes: FileChange[] = [];
  const conflicts: ConflictFile[] = [];
  for (const change of proposed.changes) {
    const { path } = change;
    if ("content" in change && typeof change.content !== "string") {
      changes.push(change);
      continue;
    }
    const ours = "content" in change ? change.content.toString() : null;
    const [was, theirs] = await Promise.all([base.read(path), tree.read(path)]);
    const result = await mergeVersions(was, ours, theirs);
    if (result === "conflict") conflicts.push({ path, base: was, ours, theirs, isText: true });
    else if (result.merged !== theirs) {
      changes.push(result.merged === null ? { path, delete: true } : { path, content: result.merged });
    }
  }
  if (conflicts.length === 0) return changes;
  if (plan) return plan(tree);
  throw new KbConflict(conflicts);
}
