import { KbConflict } from "./conflict-rows.ts";
import { commitContent, commitMessage } from "./git/commit-text.ts";
import { type NewObject, newObject } from "./git/objects.ts";
import { united, withChanges } from "./git/overlay.ts";
import type { Commit } from "./git/repository.ts";
import type { FileChange, KbTree, OperationInput } from "./kb.ts";
import { checkNoLink } from "./paths.ts";
import { planOperation } from "./plan-operation.ts";
import type { Room } from "./room.ts";
import type { Unit } from "./unit.ts";

/** An operation with what it changes. */
export type Planned = { operation: OperationInput; changes: FileChange[] };

/** A unit that is ready to be committed: everything is on the disk, and the branch does not know of it yet. */
export type PreparedUnit = {
  unit: Unit;
  planned: Planned[];
  conflicts: Array<{ operation: OperationInput; conflict: KbConflict }>;
  /** Null where there is nothing to commit. */
  commit: { hash: string; committedAt: Date } | null;
  /** Why nothing of it can be done; null where it can. */
  error: unknown;
};

/** Units that are ready, one commit on top of the other, and the commit that the first one stands on. */
export type Prepared = { tip: Commit | null; units: PreparedUnit[] };

/** Plans units one on top of the other, and writes the commit of each. What goes wrong with one of them concerns no other. */
export async function prepare(room: Room, units: readonly Unit[], tip: Commit | null): Promise<Prepared> {
  const { repository } = room;
  const prepared: PreparedUnit[] = [];
  const objects: NewObject[] = [];
  let above: FileChange[] = [];
  let [root, parent] = [tip?.tree ?? null, tip?.hash ?? null];
  for (const unit of units) {
    try {
      const { planned, conflicts } = await planUnit(room, unit, withChanges(repository.files(tip), above));
      const changes = united(...planned.map((each) => each.changes));
      const made = await repository.trees.change(root, changes);
      const [first] = planned;
      if (!first || made.root === root) {
        prepared.push({ unit, planned: [], conflicts, commit: null, error: null });
        continue;
      }
      await Promise.all(changes.map((change) => checkNoLink(repository.folder, change.path)));
      // git keeps seconds; the rows say the same as the commit.
      const at = new Date(Math.floor(unit.ctx.now().getTime() / 1000) * 1000);
      const parents = parent === null ? [] : [parent];
      const { author } = first.operation;
      const content = commitContent({ tree: made.root, parents, author, at, message: messageOf(unit, planned) });
      const commit = newObject("commit", content);
      objects.push(...made.objects, commit);
      [root, parent, above] = [made.root, commit.oid, united(above, changes)];
      prepared.push({ unit, planned, conflicts, commit: { hash: commit.oid, committedAt: at }, error: null });
    } catch (error) {
      prepared.push({ unit, planned: [], conflicts: [], commit: null, error });
    }
  }
  await repository.writeObjects(objects);
  return { tip, units: prepared };
}

/** Plans the operations of a unit one on top of the other. Those that conflict with what is there, or have nothing to do, are told apart. */
async function planUnit(room: Room, unit: Unit, start: KbTree): Promise<Pick<PreparedUnit, "planned" | "conflicts">> {
  const planned: Planned[] = [];
  const conflicts: PreparedUnit["conflicts"] = [];
  let tree = start;
  for (const operation of unit.operations) {
    try {
      const changes = await planOperation(room, operation, tree);
      if (!changes) continue;
      planned.push({ operation, changes });
      tree = withChanges(tree, changes);
    } catch (error) {
      if (!(error instanceof KbConflict)) throw error;
      conflicts.push({ operation, conflict: error });
    }
  }
  return { planned, conflicts };
}

/** The message of an operation, or of several with the trailers of each. */
function messageOf({ subject }: Unit, planned: readonly Planned[]): string {
  const operations = planned.map((each) => each.operation);
  return commitMessage({
    operationIds: operations.flatMap((each) => [each.operationId, ...(each.alsoDoes ? [each.alsoDoes] : [])]),
    subject: (operations.length > 1 ? subject : undefined) ?? operations[0]?.subject ?? "",
    trailers: operations.flatMap((each) => each.trailers),
  });
}
