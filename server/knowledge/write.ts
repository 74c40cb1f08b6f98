import { jobCall } from "#server/jobs/index.ts";
import {
  type FileChange,
  foldPath,
  type Kb,
  KbConflict,
  type KbTree,
  mergeVersions,
  type OperationInput,
} from "#server/kb/index.ts";
import { type Actor, actorRef, type Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { approvalOf, approveText } from "./approve-text.ts";
import { writeNotes } from "./jobs.ts";
import { isListing } from "./listings.ts";
import { planNote, splitPath } from "./plan.ts";
import { NoteRequest } from "./schema.ts";
import { followMoves } from "./topics/follow-moves.ts";
import { planMerge, planTopic } from "./topics/plan-topic.ts";

/** Does what an operation's row asks for. Safe to run any number of times. */
export async function writeRequested(ctx: Ctx, kb: Kb, operationId: string): Promise<void> {
  const row = await ctx.db.prisma.kbOperation.findFirst({ where: { id: operationId, spaceId: kb.spaceId } });
  if (!row) return;
  const request = NoteRequest.parse(row.request);
  const actor = row.requestedBy as Actor;
  const about = {
    operationId,
    subject: row.subject,
    trailers: [["Reviewed-by", `${actor.name} <${actorRef(actor)}>`] as const],
    author: { name: actor.name, email: `${actorRef(actor).replace(":", ".")}@winnow.invalid` },
    retry: jobCall(writeNotes, { spaceId: kb.spaceId, operationId }),
  };
  await kb.runOperation({ ...ctx, actor }, operationFor(ctx, kb, about, request, actor));
}

type About = Pick<OperationInput, "operationId" | "subject" | "trailers" | "author" | "retry">;

function operationFor(ctx: Ctx, kb: Kb, about: About, request: NoteRequest, actor: Actor): OperationInput {
  switch (request.action) {
    case "create":
      return { ...about, kind: "create", plan: (tree) => planCreate(tree, request, actor) };
    case "edit":
      return { ...about, kind: "edit", plan: (tree) => planEdit(ctx, kb, tree, request, actor) };
    case "move":
      return { ...about, kind: "move", plan: (tree) => planMove(ctx, kb, tree, request) };
    case "delete":
      return { ...about, kind: "delete", plan: async (tree) => planDelete(tree, request.path) };
    case "revert":
      return { ...about, kind: "revert", plan: (tree) => planRevert(ctx, kb, tree, request) };
    case "topic":
      return { ...about, kind: "edit", plan: (tree) => planTopic(ctx, kb, tree, request, actor) };
    case "merge_topics":
      return { ...about, kind: "move", plan: (tree) => planMerge(ctx, kb, tree, request, actor) };
  }
}

async function planCreate(
  tree: KbTree,
  request: Extract<NoteRequest, { action: "create" }>,
  actor: Actor,
): Promise<FileChange[]> {
  const at = new Date(request.at);
  const { type, title, body, topic, tags } = request;
  const [firstLine = ""] = body.trim().split("\n");
  const draft = {
    ...{ type, title, body, topic, tags },
    description: firstLine.replace(/^[#>*\-\s]+/, "").slice(0, 160) || title,
    sources: [],
    generatedBy: "a person",
    generatedAt: at,
    verifiedBy: { ref: actorRef(actor), name: actor.name, at },
  };
  return (await planNote(tree, { draft, at })).changes;
}

/** The text on top of what others wrote since, with the approval of whoever wrote it. @throws KbConflict where both changed the same place */
async function planEdit(
  ctx: Ctx,
  kb: Kb,
  tree: KbTree,
  { path: then, base, content }: Extract<NoteRequest, { action: "edit" }>,
  actor: Actor,
): Promise<FileChange[] | null> {
  const path = await pathNow(ctx, kb, tree, then);
  const [was, current] = await Promise.all([kb.readFile(then, base), tree.read(path)]);
  const by = approvalOf(actor, ctx.now());
  const result = await mergeVersions(was, content, current);
  if (result === "conflict") {
    throw new KbConflict([{ path, base: was, ours: approveText(content, by), theirs: current, isText: true }]);
  }
  if (result.merged === null || result.merged === current) return null;
  return [{ path, content: approveText(result.merged, by) }];
}

async function planDelete(tree: KbTree, path: string): Promise<FileChange[] | null> {
  return (await tree.read(path)) === null ? null : [{ path, delete: true }];
}

/** The note at its new place, and the links of the notes that lead to it. */
async function planMove(
  ctx: Ctx,
  kb: Kb,
  tree: KbTree,
  { path, to }: Extract<NoteRequest, { action: "move" }>,
): Promise<FileChange[] | null> {
  const content = await tree.read(path);
  if (content === null) return null;
  const { folder, name } = splitPath(to);
  const beside = (await tree.names(folder)).filter((each) => `${folder === "" ? "" : `${folder}/`}${each}` !== path);
  if (beside.some((each) => foldPath(each.replace(/\/$/, "")) === foldPath(name))) {
    throw new AppError(
      "conflict",
      `There is a file at ${to} already, or one that other systems take for it. Choose another place; nothing was moved.`,
    );
  }
  const followed = await followMoves(ctx, kb, tree, { moves: new Map([[path, to]]), mention: path, own: new Map() });
  return [{ path, delete: true }, { path: to, content }, ...followed];
}

/** What a commit did, taken back from what stands there now. @throws KbConflict where that was changed since */
async function planRevert(
  ctx: Ctx,
  kb: Kb,
  tree: KbTree,
  { commitHash, path: only }: Extract<NoteRequest, { action: "revert" }>,
): Promise<FileChange[] | null> {
  const changes: FileChange[] = [];
  const conflicts: KbConflict["files"] = [];
  for (const { path: then, before, after, isText } of await kb.changesOf(commitHash)) {
    if (isListing(then) || (only !== undefined && then !== only)) continue;
    if (!isText) {
      throw new AppError(
        "conflict",
        `“${then}” was or is no text in this commit, so it is not taken back here. \`git revert\` in a clone does; nothing was changed.`,
      );
    }
    const path = before === null || after === null ? then : await pathNow(ctx, kb, tree, then);
    const current = await tree.read(path);
    const result = await mergeVersions(after, before, current);
    if (result === "conflict") conflicts.push({ path, base: after, ours: before, theirs: current, isText: true });
    else if (result.merged !== current) {
      changes.push(result.merged === null ? { path, delete: true } : { path, content: result.merged });
    }
  }
  if (conflicts.length > 0) throw new KbConflict(conflicts);
  return changes;
}

/** Where a note is today that had this path once: moves of Winnow are followed. */
async function pathNow(ctx: Ctx, kb: Kb, tree: KbTree, path: string): Promise<string> {
  let now = path;
  for (const seen = new Set<string>(); (await tree.read(now)) === null && !seen.has(now); seen.add(now)) {
    const { rows } = await ctx.db.pool.query<{ to: string }>(
      `select request ->> 'to' as "to" from kb_operations
        where kb_id = $1 and kind = 'move' and status in ('committed', 'pushed') and request ->> 'path' = $2
        order by committed_at desc limit 1`,
      [kb.id, now],
    );
    now = rows[0]?.to ?? now;
  }
  return now;
}
