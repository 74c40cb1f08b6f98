import { permalink } from "#server/kb/index.ts";
import type { Ctx, Actor } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { parseNote } from "./note.ts";
import type { Relation } from "./schema.ts";

type InSpace = { spaceId: string };

/** As many as a person can look through; older ones are found by search. */
const TREE_SIZE = 5_000;

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
  const [messages, operation, conflict, topic] = await Promise.all([
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
    note.topicSlug === null
      ? null
      : ctx.db.prisma.topic.findUnique({
          where: { spaceId_slug: { spaceId, slug: note.topicSlug } },
          select: { id: true },
        }),
  ]);
  const { rows: links } = await ctx.db.pool.query<LinkedNote>(LINKS, [note.id, spaceId]);
  const { superseded_by: successor } = parsed.frontMatter;
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
    /** The folder of its topic has a page of its own. */
    topicId: topic?.id ?? null,
    /** yyyy-mm-dd, and whether that day has passed. */
    staleAfter: parsed.staleAfter,
    isStale: parsed.staleAfter !== null && parsed.staleAfter <= ctx.now().toISOString().slice(0, 10),
    /** The path of the note that holds in its place, with the slash in front. */
    supersededBy: typeof successor === "string" ? successor : null,
    /** What it says of other atoms, and they of it. */
    links,
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

/** A link of a note to another one or from it; `noteId` and `title` are null while nothing stands at the path. */
type LinkedNote = {
  direction: "out" | "in";
  relation: Relation;
  noteId: string | null;
  title: string | null;
  type: string | null;
  path: string;
};
const LINKS = `select 'out' as direction, l.relation, n.id as "noteId", n.title, n.type, l.to_path as path
    from atoms a join atom_links l on l.from_id = a.id left join atoms t on t.id = l.to_id left join notes n on n.id = t.note_id
   where a.note_id = $1 and a.space_id = $2
   union all
  select 'in', l.relation, n.id, n.title, n.type, n.path
    from atoms a join atom_links l on l.to_id = a.id join atoms f on f.id = l.from_id join notes n on n.id = f.note_id
   where a.note_id = $1 and a.space_id = $2
   order by direction desc, relation, path limit 100`;

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
