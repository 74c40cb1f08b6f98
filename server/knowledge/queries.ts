import { permalink } from "#server/kb/index.ts";
import type { Ctx, Actor } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { parseNote } from "./note.ts";

type InSpace = { spaceId: string };

/** As many as a person can look through; older ones are found by search. */
const TREE_SIZE = 5_000;
const RESULTS = 20;
const MAX_QUERY_CHARACTERS = 200;
/** Around a found word in a snippet: characters that no text from outside keeps. */
const [FOUND, FOUND_END] = ["\u0002", "\u0003"];

/** The notes of a space as its folders have them, without their texts. Newest first in each folder. */
export async function noteTree(ctx: Ctx, { spaceId }: InSpace) {
  const [total, notes] = await Promise.all([
    ctx.db.prisma.note.count({ where: { spaceId } }),
    ctx.db.prisma.note.findMany({
      where: { spaceId },
      orderBy: [{ committedAt: "desc" }, { id: "desc" }],
      take: TREE_SIZE,
      select: {
        id: true,
        path: true,
        type: true,
        title: true,
        description: true,
        topic: true,
        committedAt: true,
        frontMatter: true,
      },
    }),
  ]);
  const folders = Map.groupBy(notes, (note) => note.path.slice(0, Math.max(0, note.path.lastIndexOf("/"))));
  return {
    total,
    isCut: total > notes.length,
    folders: [...folders.entries()]
      .map(([path, inside]) => ({
        path,
        kind: /^tasks(\/|$)/.test(path)
          ? ("tasks" as const)
          : path.startsWith("topics/")
            ? ("topic" as const)
            : ("folder" as const),
        title: /^tasks(\/|$)/.test(path)
          ? path.replace("tasks", "Tasks").replace("/", ", ")
          : (inside.find((note) => note.topic)?.topic ?? (path || "Knowledge base")),
        notes: inside.map(({ frontMatter, ...note }) => ({ ...note, state: stateOf(frontMatter) })),
      }))
      .toSorted((a, b) => Number(a.kind === "tasks") - Number(b.kind === "tasks") || (a.title < b.title ? -1 : 1)),
  };
}

/** One note: its text, what it rests on, who approved it, and its commit. @throws AppError `not_found` */
export async function noteById(ctx: Ctx, { spaceId, noteId }: InSpace & { noteId: string }) {
  const note = await ctx.db.prisma.note.findFirst({
    where: { id: noteId, spaceId },
    include: { proposal: true, kb: true },
  });
  if (!note) {
    throw new AppError("not_found", "This note is not in the knowledge base any more. It may have been taken back.");
  }
  const parsed = parseNote(`---\n${JSON.stringify(note.frontMatter)}\n---\n${note.body}`);
  const messageIds = parsed.sources.flatMap((source) => (isUuid(source.messageId) ? [source.messageId] : []));
  const [messages, operation, conflict] = await Promise.all([
    ctx.db.prisma.message.findMany({
      where: { spaceId, id: { in: messageIds } },
      select: {
        id: true,
        sentAt: true,
        chat: { select: { title: true, channel: true } },
        contributor: { select: { displayName: true } },
      },
    }),
    ctx.db.prisma.kbOperation.findFirst({ where: { spaceId, kbId: note.kbId, commitHash: note.commitHash } }),
    ctx.db.prisma.kbConflict.findFirst({
      where: { kbId: note.kbId, status: "open", files: { some: { path: note.path } } },
      select: { id: true },
    }),
  ]);
  const isPushed = operation?.status === "pushed" || note.kb.pushedCommit === note.kb.headCommit;
  const byId = new Map(messages.map((message) => [message.id, message]));
  return {
    id: note.id,
    path: note.path,
    type: note.type,
    title: note.title,
    description: note.description,
    topic: note.topic,
    tags: note.tags,
    status: parsed.status,
    /** For tasks. */
    task: note.type === "Task" ? taskOf(note.frontMatter) : null,
    body: note.body,
    /** The body without the footnotes of its sources. */
    text: parsed.text,
    sources: parsed.sources.map((source) => {
      const message = source.messageId === null ? undefined : byId.get(source.messageId);
      return {
        id: source.id,
        resource: source.resource,
        title: source.title,
        author: message?.contributor?.displayName ?? source.author,
        /** Null where the message is not in this space (any more), or is in a chat of the dashboard, which is its owner's. */
        messageId: message && message.chat.channel !== "web" ? message.id : null,
        chatTitle: message?.chat.title ?? null,
        sentAt: message?.sentAt ?? null,
      };
    }),
    generatedBy: parsed.generatedBy,
    verified: parsed.verified,
    proposalId: note.proposalId,
    approvedBy: note.proposal?.decidedBy ? (note.proposal.decidedBy as Actor).name : null,
    approvedAt: note.proposal?.decidedAt ?? null,
    commitHash: note.commitHash,
    committedAt: note.committedAt,
    /** Null where there is nowhere to push it to. */
    isPushed: note.kb.remote === null ? null : isPushed,
    /** Where others find it on the pages of the remote's host; null where this page is its permalink. */
    permalink: isPushed ? permalink(note.kb.remote, note.commitHash, note.path) : null,
    /** Another version of it that waits for a person. */
    conflictId: conflict?.id ?? null,
    createdAt: note.createdAt,
  };
}

/** Notes that contain what was asked for, best first. Takes any input: words, "phrases", or, -not; the last word may be incomplete. */
export async function searchNotes(ctx: Ctx, { spaceId, query }: InSpace & { query: string }) {
  const wanted = query.toWellFormed().replaceAll("\0", "").slice(0, MAX_QUERY_CHARACTERS);
  const { rows } = await ctx.db.pool.query<{
    id: string;
    path: string;
    type: string;
    title: string;
    description: string;
    topic: string | null;
    committedAt: Date;
    snippet: string;
  }>(
    `with words as (
       select websearch_to_tsquery('simple', $2) as exact
     ), wanted as (
       select case when exact::text ~ '''$' then (exact::text || ':*')::tsquery else exact end as query from words
     ), found as (
       select n.id, n.path, n.type, n.title, n.description, n.topic, n.committed_at, n.body, wanted.query,
              ts_rank(to_tsvector('simple', n.title), wanted.query) * 4
                + ts_rank(to_tsvector('simple', n.title || ' ' || n.description || ' ' || n.body), wanted.query) as rank
         from notes n, wanted
        where n.space_id = $1
          and to_tsvector('simple', n.title || ' ' || n.description || ' ' || n.body) @@ wanted.query
        order by rank desc, n.committed_at desc, n.id limit ${RESULTS}
     )
     select id, path, type, title, description, topic, committed_at as "committedAt",
            ts_headline('simple', body, query, $3) as snippet
       from found order by rank desc, committed_at desc, id`,
    [spaceId, wanted, `StartSel=${FOUND}, StopSel=${FOUND_END}, MaxFragments=1, MaxWords=30, MinWords=12`],
  );
  return { items: rows.map(({ snippet, ...row }) => ({ ...row, snippet: parseSnippet(snippet) })) };
}

/** A snippet as pieces, so that nobody has to put HTML together. */
function parseSnippet(snippet: string): Array<{ text: string; isMatch: boolean }> {
  return snippet
    .split(FOUND)
    .flatMap((piece, index) => {
      if (index === 0) return [{ text: piece, isMatch: false }];
      const [match = "", after = ""] = piece.split(FOUND_END);
      return [
        { text: match, isMatch: true },
        { text: after, isMatch: false },
      ];
    })
    .filter((piece) => piece.text !== "");
}

function taskOf(frontMatter: unknown) {
  const fields: Record<string, unknown> = typeof frontMatter === "object" && frontMatter ? { ...frontMatter } : {};
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return {
    state: text(fields.state) ?? "open",
    priority: text(fields.priority),
    category: text(fields.category),
    assignee: text(fields.assignee),
    due: text(fields.due),
  };
}

function stateOf(frontMatter: unknown): string | null {
  if (typeof frontMatter !== "object" || frontMatter === null || !("state" in frontMatter)) return null;
  return typeof frontMatter.state === "string" ? frontMatter.state : null;
}

function isUuid(text: string | null): text is string {
  return text !== null && /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}
