import type { KbTree } from "#server/kb/index.ts";
import { cleanBody, escapeText, type NoteChange, parseNote } from "#server/knowledge/index.ts";
import { type NoteDraft, NoteStatus, NoteType } from "#server/knowledge/schema.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { draftNote, sourcesOf } from "./draft.ts";
import type { ProposalRef } from "./jobs.ts";

/** The note that something is merged into. */
export type Host = { id: string; path: string; proposalId: string | null };

/** The note with the guest's text below its own and the sources of both. What people changed in the file stays. */
export async function planMerge(
  ctx: Ctx,
  tree: KbTree,
  ref: ProposalRef,
  host: Host,
  guest: NoteDraft,
): Promise<NoteChange | null> {
  const existing = await tree.read(host.path);
  if (existing === null) return null;
  const text = parseNote(existing).text.trimEnd();
  const names = guestNames(guest);
  return updateHost(ctx, ref, host, existing, {
    text: `${text}\n\n${guestSection(guest)}`,
    aliases: (known) => [...new Set([...known, ...names])],
    with: [ref.proposalId],
  });
}

/** The note without the guest: its text where it still stands as it was merged, and its sources. */
export async function planSeparation(
  ctx: Ctx,
  ref: ProposalRef,
  host: Host,
  existing: string,
  guest: NoteDraft,
): Promise<NoteChange> {
  const text = parseNote(existing).text.replace(guestSection(guest), "").trimEnd();
  const names = new Set(guestNames(guest));
  return updateHost(ctx, ref, host, existing, {
    text,
    aliases: (known) => known.filter((alias) => !names.has(alias)),
    with: [],
  });
}

async function updateHost(
  ctx: Ctx,
  ref: ProposalRef,
  host: Host,
  existing: string,
  change: { text: string; aliases: (known: string[]) => string[]; with: string[] },
): Promise<NoteChange> {
  const parsed = parseNote(existing);
  const guests = await ctx.db.prisma.proposal.findMany({
    where: { spaceId: ref.spaceId, mergedIntoNoteId: host.id, status: "merged", id: { not: ref.proposalId } },
    select: { id: true },
  });
  const owners = [...(host.proposalId ? [host.proposalId] : []), ...guests.map((guest) => guest.id), ...change.with];
  const base = await draftNote(ctx.db, {
    spaceId: ref.spaceId,
    proposalId: host.proposalId ?? ref.proposalId,
    approval: { actor: ctx.actor, at: ctx.now() },
  });
  const [type, status] = [NoteType.safeParse(parsed.type), NoteStatus.safeParse(parsed.status)];
  const { generatedBy, generatedAt } = base;
  const draft: NoteDraft = {
    type: type.success ? type.data : base.type,
    ...{ title: parsed.title, description: parsed.description, topic: parsed.topic, tags: parsed.tags },
    body: change.text,
    sources: await sourcesOf(ctx.db, ref.spaceId, owners),
    ...{ generatedBy, generatedAt },
    // The approvals that stand in the file stay as they are.
    verifiedBy: null,
    ...(status.success ? { status: status.data } : {}),
    ...(parsed.type === "Topic" ? { aliases: change.aliases(parsed.aliases) } : {}),
  };
  return { path: host.path, at: ctx.now(), draft };
}

/** What a topic that goes into another one was called: the other is called that too from then on. */
const guestNames = (guest: NoteDraft) => (guest.type === "Topic" ? [guest.title, ...(guest.aliases ?? [])] : []);

/** As it will stand in the file, so that it is found there again. */
function guestSection(guest: NoteDraft): string {
  return cleanBody(`## ${escapeText(guest.title)}\n\n${guest.body}`);
}
