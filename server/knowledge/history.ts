import { type Kbs, permalink } from "#server/kb/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { isListing } from "./listings.ts";

type InSpace = { spaceId: string };

/** Every commit that changed a note, newest first, with what stands behind each. */
export async function noteHistory(deps: { kbs: Kbs }, ctx: Ctx, { spaceId, noteId }: InSpace & { noteId: string }) {
  const note = await pathOf(ctx, { spaceId, noteId });
  const kb = await deps.kbs.open(spaceId);
  const commits = await kb.log(note.path);
  const operations = await operationsOf(ctx, spaceId, commits);
  return {
    path: note.path,
    items: commits.map(({ operationIds, ...commit }) => {
      const own = ofFile(operations, { ...commit, operationIds }, commit.path ?? note.path);
      const operation = own.find((each) => each.id === operationIds[0]) ?? own[0];
      return {
        ...commit,
        kind: operation?.kind ?? null,
        proposalId: own.find((each) => each.proposalId)?.proposalId ?? null,
        /** The proposal whose decision this commit carries out, still: taking it back puts that into Review again. */
        reopens: own.find((each) => each.proposal?.decisionId === each.id)?.proposal?.title ?? null,
        /** Null where there is nowhere to push it to. */
        isPushed: operation && kb.remote !== null ? operation.status === "pushed" : null,
        /** Commits that Winnow did not make can be taken back with git. */
        canRevert: operation !== undefined && operation.kind !== "sync",
        permalink: permalink(kb.remote, commit.hash, commit.path ?? note.path),
      };
    }),
  };
}

/** What one commit did to the notes: both texts of each, without the listings that go with them. */
export async function commitChanges(deps: { kbs: Kbs }, { spaceId, commitHash }: InSpace & { commitHash: string }) {
  const kb = await deps.kbs.open(spaceId);
  const changes = await kb.changesOf(commitHash);
  return { files: changes.filter((change) => !isListing(change.path)) };
}

/** Who brought each line of a note, down to the messages that it came from. */
export async function noteBlame(deps: { kbs: Kbs }, ctx: Ctx, { spaceId, noteId }: InSpace & { noteId: string }) {
  const note = await pathOf(ctx, { spaceId, noteId });
  const kb = await deps.kbs.open(spaceId);
  const blamed = await kb.blame(note.path);
  const operations = await operationsOf(
    ctx,
    spaceId,
    blamed.map((lines) => lines.commit),
  );
  const proposalIds = operations.flatMap((operation) => operation.proposalId ?? []);
  const messages = await messagesOf(ctx, spaceId, proposalIds);
  return {
    path: note.path,
    ranges: blamed.map(({ commit: { operationIds, ...commit }, firstLine, lines }) => {
      const own = ofFile(operations, { ...commit, operationIds }, note.path, note.proposalId);
      const proposalId = own.find((each) => each.proposalId)?.proposalId ?? null;
      return { firstLine, lines, commit, proposalId, messages: messages.get(proposalId ?? "") ?? [] };
    }),
  };
}

/** A note's whole file, for whoever edits it, with the commit that it was read at. */
export async function noteSource(deps: { kbs: Kbs }, ctx: Ctx, { spaceId, noteId }: InSpace & { noteId: string }) {
  const note = await pathOf(ctx, { spaceId, noteId });
  const tree = await (await deps.kbs.open(spaceId)).tree();
  const content = await tree.read(note.path);
  if (content === null || tree.head === null) {
    throw new AppError(
      "not_found",
      "The file of this note is not in the newest commit. Somebody has just taken it out or moved it; look again in a moment.",
    );
  }
  return { path: note.path, base: tree.head, content };
}

async function pathOf(ctx: Ctx, { spaceId, noteId }: InSpace & { noteId: string }) {
  const note = await ctx.db.prisma.note.findFirst({
    where: { id: noteId, spaceId },
    select: { path: true, proposalId: true },
  });
  if (!note) throw gone();
  return note;
}

type Named = { hash: string; operationIds: string[] };
type Operation = Awaited<ReturnType<typeof operationsOf>>[number];

/** The operations behind commits: by their trailers, or by the commit that their rows name. */
async function operationsOf(ctx: Ctx, spaceId: string, commits: readonly Named[]) {
  const ids = [...new Set(commits.flatMap((commit) => commit.operationIds))];
  return ctx.db.prisma.kbOperation.findMany({
    where: {
      spaceId,
      OR: [
        { id: { in: ids.filter((id) => /^[0-9a-f-]{36}$/.test(id)) } },
        { commitHash: { in: [...new Set(commits.map((commit) => commit.hash))] } },
      ],
    },
    orderBy: { id: "asc" },
    select: {
      ...{ id: true, kind: true, status: true, commitHash: true, files: true, proposalId: true },
      proposal: { select: { decisionId: true, title: true } },
    },
  });
}

/** The operations of a commit that wrote a file. Of several in one commit, where none names it: the one of the note's own proposal. */
function ofFile(
  operations: readonly Operation[],
  { hash, operationIds }: Named,
  path: string,
  proposalId: string | null = null,
): Operation[] {
  const all = operations.filter((each) => operationIds.includes(each.id) || each.commitHash === hash);
  if (all.length < 2) return all;
  const naming = all.filter((each) => each.files.includes(path));
  return naming.length > 0 ? naming : all.filter((each) => proposalId !== null && each.proposalId === proposalId);
}

/** The messages that proposals rest on, with the words that were quoted, oldest first. */
async function messagesOf(ctx: Ctx, spaceId: string, proposalIds: readonly string[]) {
  const rows = await ctx.db.prisma.proposalEvidence.findMany({
    where: { spaceId, proposalId: { in: [...new Set(proposalIds)] } },
    orderBy: [{ proposalId: "asc" }, { position: "asc" }],
    select: {
      proposalId: true,
      quote: true,
      message: {
        select: { id: true, permalink: true, sentAt: true, contributor: { select: { displayName: true } } },
      },
    },
  });
  const presented = rows.map(({ proposalId, quote, message }) => ({
    proposalId,
    messageId: message.id,
    quote,
    author: message.contributor?.displayName ?? null,
    sentAt: message.sentAt,
    permalink: message.permalink,
  }));
  return Map.groupBy(presented, (each) => each.proposalId);
}

function gone(): AppError {
  return new AppError("not_found", "This note is not in the knowledge base any more. It may have been taken back.");
}
