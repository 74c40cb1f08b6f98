import type { z } from "zod";

import { jobCall } from "#server/jobs/index.ts";
import { checkPath, requestOperation } from "#server/kb/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import { approvalOf, approveText, refuseMarkers } from "./approve-text.ts";
import { splitNote } from "./front-matter.ts";
import { cleanText } from "./inert.ts";
import { writeNotes } from "./jobs.ts";
import { isListing } from "./listings.ts";
import type {
  CreateNoteInput,
  DeleteNoteInput,
  EditNoteInput,
  EditTopicInput,
  MergeTopicsInput,
  MoveNoteInput,
  NoteRequest,
} from "./schema.ts";

type InSpace = { spaceId: string };
/** The operation that will do it; its progress is `kb.operation`. */
type Requested = { operationId: string };

/** Asks for a new note, approved by whoever wrote it. */
export async function createNote(
  ctx: Ctx,
  { spaceId, ...input }: z.output<typeof CreateNoteInput> & InSpace,
): Promise<Requested> {
  refuseMarkers(input.body);
  const request: NoteRequest = { action: "create", ...input, at: ctx.now().toISOString() };
  return ask(ctx, spaceId, "create", `Add ${input.type.toLowerCase()}: ${input.title}`, request);
}

/** Asks for another text of a note. The text is kept with the request, so that nothing of it is lost whatever comes. */
export async function editNote(ctx: Ctx, input: z.output<typeof EditNoteInput> & InSpace): Promise<Requested> {
  const { path, title, frontMatter } = await noteAt(ctx, input);
  refuseLostFacts(input.content, frontMatter);
  // Refuses what cannot become a note. The approval is put into the text when it is written, so that two people's do not clash.
  approveText(input.content, approvalOf(ctx.actor, ctx.now()));
  const content = cleanText(input.content);
  return ask(ctx, input.spaceId, "edit", `Edit “${title}”`, { action: "edit", path, base: input.base, content });
}

/** Asks for another place of a note; links of other notes follow. */
export async function moveNote(ctx: Ctx, input: z.output<typeof MoveNoteInput> & InSpace): Promise<Requested> {
  const { path, title } = await noteAt(ctx, input);
  const to = checkPath(input.path.replace(/^\//, ""));
  if (!to.endsWith(".md") || isListing(to.toLowerCase())) {
    throw new AppError(
      "invalid_input",
      "A note is a file that ends in .md and is not called index.md. Choose another name.",
    );
  }
  if (to === path) throw new AppError("invalid_input", "The note is there already. Choose another place.");
  return ask(ctx, input.spaceId, "move", `Move “${title}” to ${to}`, { action: "move", path, to });
}

/** Asks for a note to be taken out. It stays in the history, and the commit can be reverted. */
export async function deleteNote(ctx: Ctx, input: z.output<typeof DeleteNoteInput> & InSpace): Promise<Requested> {
  const { path, title } = await noteAt(ctx, input);
  return ask(ctx, input.spaceId, "delete", `Delete “${title}”`, { action: "delete", path });
}

/** Asks for other words of a topic, in its own note; one is made where it has none. */
export async function editTopic(ctx: Ctx, input: z.output<typeof EditTopicInput> & InSpace): Promise<Requested> {
  const { slug } = await topicAt(ctx, input.spaceId, input.topicId);
  const { name, description } = input;
  const aliases = [...new Set(input.aliases)].filter((alias) => alias !== name);
  const request: NoteRequest = { action: "topic", slug, name, description, aliases, at: ctx.now().toISOString() };
  return ask(ctx, input.spaceId, "edit", `Describe the topic “${name}”`, request);
}

/** Asks for all notes of one topic to be put under another one, which gets its names. One commit, which can be reverted. */
export async function mergeTopics(ctx: Ctx, input: z.output<typeof MergeTopicsInput> & InSpace): Promise<Requested> {
  if (input.topicId === input.intoId) {
    throw new AppError("invalid_input", "A topic cannot be merged with itself. Choose another one.");
  }
  const [from, into] = [
    await topicAt(ctx, input.spaceId, input.topicId),
    await topicAt(ctx, input.spaceId, input.intoId),
  ];
  const request: NoteRequest = {
    action: "merge_topics",
    ...{ from: from.slug, into: into.slug },
    at: ctx.now().toISOString(),
  };
  return ask(ctx, input.spaceId, "move", `Merge the topic “${from.name}” into “${into.name}”`, request);
}

/** Asks for a commit to be taken back by one of its own. */
export function revertCommit(
  ctx: Ctx,
  { spaceId, commitHash, path, subject }: InSpace & { commitHash: string; path?: string | undefined; subject: string },
): Promise<Requested> {
  return ask(ctx, spaceId, "revert", `Revert “${subject}”`, {
    action: "revert",
    commitHash,
    ...(path ? { path } : {}),
  });
}

async function ask(
  ctx: Ctx,
  spaceId: string,
  kind: "create" | "edit" | "move" | "delete" | "revert",
  subject: string,
  request: NoteRequest,
): Promise<Requested> {
  const operationId = newId();
  const job = jobCall(writeNotes, { spaceId, operationId });
  await transaction(ctx.db, (tx) => requestOperation(tx, ctx, { spaceId, operationId, kind, subject, request, job }));
  return { operationId };
}

/** A line typed above the front matter would make text of it: type, sources and owner of the note would be gone. */
function refuseLostFacts(content: string, frontMatter: unknown): void {
  const hadFacts = typeof frontMatter === "object" && frontMatter !== null && Object.keys(frontMatter).length > 0;
  if (!hadFacts || splitNote(content).yaml !== null) return;
  throw new AppError(
    "invalid_input",
    "The block between the two --- lines must stay at the very top: it holds the type, the sources and the other facts of this note, which would be lost. Move your text below it; nothing was saved.",
  );
}

async function topicAt(ctx: Ctx, spaceId: string, topicId: string) {
  const topic = await ctx.db.prisma.topic.findFirst({
    where: { id: topicId, spaceId },
    select: { slug: true, name: true },
  });
  if (!topic) throw new AppError("not_found", "This topic has no notes any more. Nothing was changed.");
  return topic;
}

async function noteAt(ctx: Ctx, { spaceId, noteId }: InSpace & { noteId: string }) {
  const note = await ctx.db.prisma.note.findFirst({
    where: { id: noteId, spaceId },
    select: { path: true, title: true, frontMatter: true },
  });
  if (!note) throw new AppError("not_found", "This note is not in the knowledge base any more. Nothing was changed.");
  return note;
}
