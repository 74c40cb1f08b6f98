import { setInterval } from "node:timers";

import { type FileChange, isNoteText, kbQueue, type OperationInput } from "#server/kb/index.ts";
import { escapeText, linkTarget, parseNote, planNote, renderNote, type RelatedNote } from "#server/knowledge/index.ts";
import type { NoteDraft } from "#server/knowledge/schema.ts";
import type { Actor } from "#server/lib/ctx.ts";
import { actorRef } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { commitAuthor, personRef } from "../person.ts";
import type { RequestResult } from "../schema.ts";
import { wordsFor } from "../speech.ts";
import type { Work } from "../work.ts";
import type { NoteContent } from "./content.ts";
import type { NoteWords } from "./draft.ts";
import { bytesOf } from "./files.ts";

/** What a note will say, and who put it so. */
export type Draft = {
  words: NoteWords;
  content: NoteContent;
  related: RelatedNote[];
  generatedBy: string;
  fellBack: boolean;
};

/** How often the place in the queue is looked at while a note waits. */
const LOOK_MS = 700;
const EXCERPT = 1_500;

/** Writes a note with its files in one commit, once however often it is tried. */
export async function commitNote(
  work: Work,
  draft: Draft,
  { actor, startedMs }: { actor: Actor; startedMs: number },
): Promise<RequestResult> {
  const { ctx, deps, request, signal } = work;
  const kb = await deps.kbs.open(request.spaceId);
  const note = noteDraft(work, draft);
  const media = await mediaOf(work, draft);
  if (!isNoteText(renderNote(note))) throw new AppError("invalid_input", wordsFor(request.contributor)("note.tooLong"));
  const operation: OperationInput = {
    operationId: request.id,
    kind: "create",
    subject: `Add ${note.type.toLowerCase()}: ${note.title}`,
    trailers: [
      ["Requested-by", `${actor.name} <${actorRef(actor)}>`],
      ["Generated-by", `winnow/${draft.generatedBy}`],
      ...note.sources.flatMap(({ resource }) => (resource ? [["Source", resource] as const] : [])),
    ],
    author: commitAuthor(actor),
    plan: async (tree) => {
      const planned = await planNote(tree, { draft: note, at: request.createdAt });
      const isNew = await Promise.all(
        media.map(async (file) => !(await tree.names(folderOf(file.path))).includes(nameOf(file.path))),
      );
      return [...planned.changes, ...media.filter((_, index) => isNew[index])];
    },
  };
  const stopTelling = tellPlace(work);
  const commit = await kb.runOperation({ ...ctx, actor }, operation, { signal }).finally(stopTelling);
  if (!commit)
    throw new AppError(
      "conflict",
      "The note could not be written: its place was changed at the same moment. Try again.",
    );
  const at = await writtenIn(work, commit.commitHash);
  const row = await ctx.db.prisma.note.findFirst({ where: { kbId: kb.id, path: at.path }, select: { id: true } });
  const kept = draft.content.files.filter(({ path }) => path !== null);
  await ctx.db.pool.query(
    `update attachments a set path = f.path, content = null from unnest($1::uuid[], $2::text[]) as f (id, path) where a.id = f.id`,
    [kept.map(({ id }) => id), kept.map(({ path }) => path)],
  );
  return {
    type: "note",
    note: { noteId: row?.id ?? null, path: at.path, title: parseNote(at.content).title },
    commitHash: commit.commitHash,
    related: draft.related.map(({ noteId, path, title }) => ({ noteId, path, title })),
    generatedBy: draft.generatedBy,
    fellBack: draft.fellBack,
    tookMs: Date.now() - startedMs,
    problems: draft.content.problems,
  };
}

/** What a commit wrote: an earlier try may have made it. */
async function writtenIn({ deps, request }: Work, commitHash: string): Promise<{ path: string; content: string }> {
  const kb = await deps.kbs.open(request.spaceId);
  const changes = await kb.changesOf(commitHash);
  const [note] = changes.filter(({ path }) => path.endsWith(".md") && !path.endsWith("index.md"));
  if (!note || note.after === null) throw new Error(`The commit ${commitHash} of a note holds no note.`);
  return { path: note.path, content: note.after };
}

function noteDraft(work: Work, { words, content, related, generatedBy }: Draft): NoteDraft {
  const { request, ctx } = work;
  return {
    type: words.type,
    title: words.title,
    description: words.summary || words.title,
    body: bodyOf(work, { words, content, related }),
    topic: words.topic,
    tags: words.tags,
    sources: request.messages.map((message, index) => ({
      messageId: message.id,
      resource: message.permalink,
      title: `${request.chat.title}, ${message.sentAt.toISOString().slice(0, 10)}`,
      author: message.contributor
        ? { ref: personRef(message.contributor), name: message.contributor.displayName }
        : { ref: `chat:${request.chat.externalId}`, name: request.chat.title },
      quote: content.messages[index]?.text || `(${message.kind})`,
      at: message.sentAt,
    })),
    pages: content.pages.flatMap(({ url, title }) => {
      const resource = linkTarget(url);
      return resource === null ? [] : [{ resource, title: title ?? url }];
    }),
    generatedBy,
    generatedAt: ctx.now(),
    verifiedBy: null,
    // Nobody has looked at it yet.
    status: "draft",
  };
}

/** The text, then what belongs to it: notes near it, pages, files with what stands in them. */
export function bodyOf(
  { request }: Work,
  { words, content, related }: Pick<Draft, "words" | "content" | "related">,
): string {
  const say = wordsFor(request.contributor);
  const list = (items: string[]) => items.map((item) => `- ${item}`).join("\n");
  const pages = content.pages.map(({ url, title, text }) => {
    const target = linkTarget(url);
    const name = escapeText(title ?? url);
    return `${target ? `[${name}](${target})` : name}${excerptOf(text)}`;
  });
  const files = content.files.map(
    ({ path, name, text }) => `${path ? `[${escapeText(name)}](/${path})` : escapeText(name)}${excerptOf(text ?? "")}`,
  );
  return [
    words.body,
    pages.length > 0 ? `## ${say("note.links")}\n\n${list(pages)}` : "",
    files.length > 0 ? `## ${say("note.files")}\n\n${list(files)}` : "",
    related.length > 0
      ? `${say("note.related")}\n\n${list(related.map(({ path, title }) => `[${escapeText(title)}](/${path})`))}`
      : "",
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** The beginning of a text as a quotation inside a list. */
function excerptOf(text: string): string {
  const cut = text.slice(0, EXCERPT).toWellFormed().trim();
  if (cut === "") return "";
  const lines = cut.split("\n").map((line) => escapeText(line));
  return `\n\n${lines.map((line) => `  > ${line}`.trimEnd()).join("\n")}${cut.length < text.trim().length ? "\n  > …" : ""}`;
}

async function mediaOf(work: Work, { content }: Draft): Promise<Array<{ path: string; content: Buffer }>> {
  const files: Array<{ path: string; content: Buffer }> = [];
  for (const file of content.files) {
    const bytes = file.path === null ? null : await bytesOf(work, file);
    if (file.path !== null && bytes && !files.some(({ path }) => path === file.path))
      files.push({ path: file.path, content: bytes });
  }
  return files satisfies FileChange[];
}

/** Says, while the note waits for its turn, how many are before it. */
function tellPlace({ ctx, request, show }: Work): () => void {
  const words = wordsFor(request.contributor);
  let said = -1;
  const look = async () => {
    const { holder, waiting } = await kbQueue(ctx, { spaceId: request.spaceId });
    const mine = waiting.findIndex(({ id }) => id === request.id);
    const ahead = mine < 0 ? 0 : mine + (holder ? 1 : 0);
    if (ahead === said) return;
    said = ahead;
    show({ text: ahead === 0 ? words("core.stage.writing") : words("core.stage.queued", { ahead }), isWorking: true });
  };
  const looking = () =>
    void look().catch((error: unknown) =>
      ctx.log.warn({ error, requestId: request.id }, "assistant.note could not look at the queue"),
    );
  looking();
  const timer = setInterval(looking, LOOK_MS);
  return () => clearInterval(timer);
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/"));
const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
