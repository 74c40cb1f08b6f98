import { emit } from "#server/events/index.ts";
import type { Kb, Kbs, KbTree } from "#server/kb/index.ts";
import {
  cleanBody,
  escapeText,
  indexNote,
  type NoteChange,
  parseNote,
  planNote,
  unindexNote,
} from "#server/knowledge/index.ts";
import type { NoteDraft } from "#server/knowledge/schema.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";

import { describeCommit } from "./commit.ts";
import { draftNote, sourcesOf } from "./draft.ts";

type ProposalRef = { spaceId: string; proposalId: string };
/** A decision that writes into the KB, and the one that took it back, if any. The decision's id is the operation's id. */
type Writing = {
  id: string;
  at: Date;
  actor: Actor;
  mergedIntoNoteId: string | null;
  takenBack: { id: string; actor: Actor } | null;
};

/**
 * Brings the KB to what the decisions on a proposal say: each approval and each merge into a note is one commit,
 * each undo of it another. Safe to run any number of times, also side by side: an operation's id is its decision's,
 * and whether a decision is still in force is looked at under the KB's lock.
 */
export async function applyDecisions(deps: { kbs: Kbs }, ctx: Ctx, ref: ProposalRef): Promise<void> {
  const writings = await listWritings(ctx, ref);
  if (writings.length === 0) return;
  const kb = await deps.kbs.open(ref.spaceId);
  for (const writing of writings) {
    const written = await write(kb, ctx, ref, writing);
    if (written && writing.takenBack) await takeBack(kb, ctx, ref, writing, writing.takenBack);
  }
}

async function write(kb: Kb, ctx: Ctx, ref: ProposalRef, writing: Writing) {
  const draft = await draftNote(ctx.db, { ...ref, approval: writing });
  const host = writing.mergedIntoNoteId
    ? await ctx.db.prisma.note.findFirst({ where: { id: writing.mergedIntoNoteId, spaceId: ref.spaceId } })
    : null;
  if (writing.mergedIntoNoteId && !host) return null;
  const { subject, trailers, author } = describeCommit({
    action: host ? "merge" : "add",
    proposalId: ref.proposalId,
    draft,
    actor: writing.actor,
    ...(host ? { hostTitle: host.title } : {}),
  });
  return kb.runOperation(ctx, {
    operationId: writing.id,
    kind: "write",
    subject,
    proposalId: ref.proposalId,
    trailers,
    author,
    plan: async (tree) => {
      if (!(await isInForce(ctx, ref, writing.id))) return null;
      const change = host ? await planMerge(ctx, tree, ref, host, draft) : { draft, at: writing.at };
      return change && (await planNote(tree, change)).changes;
    },
    inTransaction: async (tx, commit) => {
      await indexChanges(tx, kb, ref, host?.proposalId ?? ref.proposalId, writing.actor, commit);
      emit(tx, {
        spaceId: ref.spaceId,
        type: "proposal.applied",
        subjectId: ref.proposalId,
        actor: writing.actor,
        at: ctx.now(),
      });
    },
  });
}

async function takeBack(kb: Kb, ctx: Ctx, ref: ProposalRef, writing: Writing, undoing: { id: string; actor: Actor }) {
  const operation = await ctx.db.prisma.kbOperation.findUnique({ where: { id: writing.id } });
  const path = operation?.files.find(isNotePath);
  if (!path) return;
  const draft = await draftNote(ctx.db, { ...ref, approval: writing });
  const host = writing.mergedIntoNoteId
    ? await ctx.db.prisma.note.findFirst({ where: { id: writing.mergedIntoNoteId, spaceId: ref.spaceId } })
    : null;
  const { subject, trailers, author } = describeCommit({
    action: "revert",
    proposalId: ref.proposalId,
    draft,
    actor: undoing.actor,
  });
  await kb.runOperation(ctx, {
    operationId: undoing.id,
    kind: "revert",
    subject,
    proposalId: ref.proposalId,
    trailers,
    author,
    plan: async (tree) => {
      const existing = await tree.read(path);
      if (existing === null || !(await isOurs(ctx, kb, path, host?.proposalId ?? ref.proposalId))) return null;
      const change: NoteChange | null = writing.mergedIntoNoteId
        ? host && (await planSeparation(ctx, ref, host, existing, draft))
        : { remove: path };
      return change && (await planNote(tree, change)).changes;
    },
    inTransaction: (tx, commit) => indexChanges(tx, kb, ref, host?.proposalId ?? ref.proposalId, undoing.actor, commit),
  });
}

/** Whether the note at a path is this proposal's: where people removed it by hand, another one may have its place. */
async function isOurs(ctx: Ctx, kb: Kb, path: string, proposalId: string): Promise<boolean> {
  const note = await ctx.db.prisma.note.findFirst({ where: { kbId: kb.id, path }, select: { proposalId: true } });
  return note === null || note.proposalId === null || note.proposalId === proposalId;
}

/** Every approval and merge into a note, oldest first, with the undo that followed it. */
async function listWritings(ctx: Ctx, { spaceId, proposalId }: ProposalRef): Promise<Writing[]> {
  const decisions = await ctx.db.prisma.proposalDecision.findMany({
    where: { proposalId, spaceId, action: { not: "edited" } },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  return decisions.flatMap((decision, index) => {
    const { mergedIntoNoteId = null } = decision.after as { mergedIntoNoteId?: string };
    if (decision.action !== "approved" && mergedIntoNoteId === null) return [];
    const next = decisions[index + 1];
    const takenBack = next ? { id: next.id, actor: next.actor as Actor } : null;
    return [{ id: decision.id, at: decision.at, actor: decision.actor as Actor, mergedIntoNoteId, takenBack }];
  });
}

async function isInForce(ctx: Ctx, { spaceId, proposalId }: ProposalRef, decisionId: string): Promise<boolean> {
  const proposal = await ctx.db.prisma.proposal.findFirst({
    where: { id: proposalId, spaceId },
    select: { decisionId: true },
  });
  return proposal?.decisionId === decisionId;
}

type Host = { id: string; path: string; proposalId: string | null };

/** The note with the guest's text below its own and the sources of both. What people changed in the file stays. */
async function planMerge(
  ctx: Ctx,
  tree: KbTree,
  ref: ProposalRef,
  host: Host,
  guest: NoteDraft,
): Promise<NoteChange | null> {
  const existing = await tree.read(host.path);
  if (existing === null) return null;
  const text = parseNote(existing).text.trimEnd();
  return updateHost(ctx, ref, host, existing, `${text}\n\n${guestSection(guest)}`, [ref.proposalId]);
}

/** The note without the guest: its text where it still stands as it was merged, and its sources. */
async function planSeparation(
  ctx: Ctx,
  ref: ProposalRef,
  host: Host,
  existing: string,
  guest: NoteDraft,
): Promise<NoteChange> {
  const text = parseNote(existing).text.replace(guestSection(guest), "").trimEnd();
  return updateHost(ctx, ref, host, existing, text, []);
}

async function updateHost(
  ctx: Ctx,
  ref: ProposalRef,
  host: Host,
  existing: string,
  text: string,
  with_: string[],
): Promise<NoteChange> {
  const parsed = parseNote(existing);
  const guests = await ctx.db.prisma.proposal.findMany({
    where: { spaceId: ref.spaceId, mergedIntoNoteId: host.id, status: "merged", id: { not: ref.proposalId } },
    select: { id: true },
  });
  const owners = [...(host.proposalId ? [host.proposalId] : []), ...guests.map((guest) => guest.id), ...with_];
  const base = await draftNote(ctx.db, {
    spaceId: ref.spaceId,
    proposalId: host.proposalId ?? ref.proposalId,
    approval: { actor: ctx.actor, at: ctx.now() },
  });
  return {
    path: host.path,
    at: ctx.now(),
    draft: {
      ...base,
      title: parsed.title,
      description: parsed.description,
      body: text,
      sources: await sourcesOf(ctx.db, ref.spaceId, owners),
      // The approvals that stand in the file stay as they are.
      verifiedBy: null,
    },
  };
}

/** As it will stand in the file, so that it is found there again. */
function guestSection(guest: NoteDraft): string {
  return cleanBody(`## ${escapeText(guest.title)}\n\n${guest.body}`);
}

async function indexChanges(
  tx: Tx,
  kb: Kb,
  { spaceId }: ProposalRef,
  proposalId: string,
  actor: Actor,
  commit: Parameters<NonNullable<Parameters<Kb["runOperation"]>[1]["inTransaction"]>>[1],
) {
  const { commitHash, committedAt } = commit;
  for (const change of commit.changes.filter((each) => isNotePath(each.path))) {
    const { path } = change;
    if ("delete" in change) await unindexNote(tx, { spaceId, kbId: kb.id, path, commitHash, actor, at: committedAt });
    else
      await indexNote(tx, {
        spaceId,
        kbId: kb.id,
        path,
        content: change.content,
        commitHash,
        committedAt,
        proposalId,
        actor,
      });
  }
}

const isNotePath = (path: string) => path !== "index.md" && !path.endsWith("/index.md");
