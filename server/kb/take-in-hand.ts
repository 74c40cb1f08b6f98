import type { Ctx } from "#server/lib/ctx.ts";

import type { Commit } from "./git/repository.ts";
import type { FileChange } from "./kb.ts";
import type { Held } from "./lock.ts";
import { staysInside } from "./paths.ts";
import type { Room } from "./room.ts";
import { takeIn } from "./take-in.ts";
import type { HandEdit } from "./work-tree/hand-edits.ts";

/**
 * Commits what people changed in the folder, each in their own name and on the commit that their version started from, and makes it
 * part of the branch. To be called under the lock.
 */
export async function takeInHandEdits(
  ctx: Ctx,
  room: Room,
  held: Held,
  edits: readonly HandEdit[],
  queuedAt: Date,
): Promise<void> {
  const groups = Map.groupBy(edits, (edit) => `${edit.base}\0${edit.author.name}\0${edit.author.email}`);
  for (const group of groups.values()) {
    const theirs = await commitEdits(ctx, room, group);
    if (!theirs) continue;
    const subject = subjectOf(group);
    await takeIn(ctx, room, held, { theirs, kind: "hand", subject, queuedAt });
  }
}

async function commitEdits(ctx: Ctx, { repository }: Room, edits: readonly HandEdit[]): Promise<Commit | null> {
  const [first] = edits;
  const base = first?.base ? await repository.commit(first.base) : null;
  if (!first || !base) return null;
  // What goes makes room first: a file may have taken the place of a folder, or the other way round.
  const gone = edits.flatMap(({ path, content }): FileChange[] => (content === null ? [{ path, delete: true }] : []));
  const cleared = await repository.trees.change(base.tree, gone, inside);
  await repository.writeObjects(cleared.objects);
  const written = edits.flatMap(({ path, content }): FileChange[] => (content === null ? [] : [{ path, content }]));
  const { root, objects } = await repository.trees.change(cleared.root, written, inside);
  if (root === base.tree) return null;
  const at = new Date(Math.floor(ctx.now().getTime() / 1000) * 1000);
  const message = `${subjectOf(edits)}\n`;
  const parents = [base.hash];
  const hash = await repository.write({ tree: root, parents, author: first.author, at, message }, objects);
  return { hash, tree: root, parents, committedAt: at };
}

function subjectOf(edits: readonly HandEdit[]): string {
  const [first] = edits;
  return edits.length === 1 && first ? `Edit ${first.path}` : `Edit ${edits.length} files`;
}

/** People may keep files in their folder that Winnow itself would not write. */
function inside(path: string): string {
  if (!staysInside(path)) throw new Error(`${JSON.stringify(path)} was to be left alone.`);
  return path;
}
