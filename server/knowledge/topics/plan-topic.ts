import { type FileChange, foldPath, type Kb, type KbTree } from "#server/kb/index.ts";
import { type Actor, actorRef, type Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { approvalOf, approveText } from "../approve-text.ts";
import { openFrontMatter, readFrontMatter, replaceFrontMatter, setValue, splitNote } from "../front-matter.ts";
import { parseNote } from "../note.ts";
import { planNote, splitPath } from "../plan.ts";
import type { NoteRequest } from "../schema.ts";
import { followMoves, withMoves } from "./follow-moves.ts";

type Words = { name: string; description: string; aliases: string[] };

/** A topic's own note with other words; a new one where it has none. */
export async function planTopic(
  ctx: Ctx,
  kb: Kb,
  tree: KbTree,
  request: Extract<NoteRequest, { action: "topic" }>,
  actor: Actor,
): Promise<FileChange[]> {
  const own = await ownNote(ctx, kb, tree, request.slug);
  return [await describe(tree, { ...request, own, actor })];
}

/**
 * All notes of one topic under another: links follow, the other one gets the names of the first. Its own note becomes a plain one there, so that
 * nothing that it says is lost.
 */
export async function planMerge(
  ctx: Ctx,
  kb: Kb,
  tree: KbTree,
  { from, into, at }: Extract<NoteRequest, { action: "merge_topics" }>,
  actor: Actor,
): Promise<FileChange[] | null> {
  const rows = await ctx.db.prisma.note.findMany({ where: { kbId: kb.id, topicSlug: from }, select: { path: true } });
  const texts = await Promise.all(rows.map(async ({ path }) => ({ path, text: await tree.read(path) })));
  const notes = texts.flatMap(({ path, text }) => (text === null ? [] : [{ path, text }]));
  if (notes.length === 0) return null;
  const [old, target] = await Promise.all([topicNow(ctx, kb, from), topicNow(ctx, kb, into)]);
  const name = target?.name ?? into.replaceAll("-", " ");
  const moves = await placesUnder(tree, notes, { from, into });
  const moved = notes.map(({ path, text }) => ({ path, text: underTopic(withMoves(text, moves), name) }));
  const names = [...(target?.aliases ?? []), old?.name ?? from.replaceAll("-", " "), ...(old?.aliases ?? [])];
  const own = await ownNote(ctx, kb, tree, into);
  const described = await describe(tree, {
    ...{ slug: into, name, description: target?.description ?? "", at, actor },
    own: own && { ...own, text: withMoves(own.text, moves) },
    aliases: [...new Set(names)].filter((each) => each.toLowerCase() !== name.toLowerCase()),
  });
  const followed = await followMoves(ctx, kb, tree, {
    moves,
    mention: `topics/${from}/`,
    own: new Map([[described.path, ""]]),
  });
  return [
    ...moved.flatMap(({ path, text }): FileChange[] => [
      { path, delete: true },
      { path: moves.get(path) ?? path, content: text },
    ]),
    described,
    ...followed,
  ];
}

/** Where each note goes, with a number where its name is taken there. */
async function placesUnder(
  tree: KbTree,
  notes: ReadonlyArray<{ path: string }>,
  { from, into }: { from: string; into: string },
): Promise<Map<string, string>> {
  const taken = new Map<string, Set<string>>();
  const moves = new Map<string, string>();
  for (const { path } of notes) {
    const { folder, name } = splitPath(`topics/${into}/${path.slice(`topics/${from}/`.length)}`);
    const names =
      taken.get(folder) ?? new Set((await tree.names(folder)).map((each) => foldPath(each.replace(/\/$/, ""))));
    taken.set(folder, names);
    const stem = name.replace(/\.md$/, "");
    let free = name;
    for (let count = 2; names.has(foldPath(free)); count += 1) free = `${stem}-${count}.md`;
    names.add(foldPath(free));
    moves.set(path, `${folder}/${free}`);
  }
  return moves;
}

/** A note that says the topic which it is under now. One whose front matter cannot be read stays as it is. */
function underTopic(text: string, name: string): string {
  const { yaml, body } = splitNote(text);
  const document = openFrontMatter(yaml);
  if (!document || yaml === null) return text;
  const { topic, type } = readFrontMatter(yaml);
  if (topic !== undefined) setValue(document, "topic", name);
  // Two own notes would be two names.
  if (type === "Topic") setValue(document, "type", "Note");
  return replaceFrontMatter(document, body);
}

type Own = { path: string; text: string };

async function describe(
  tree: KbTree,
  given: Words & { slug: string; own: Own | null; at: string; actor: Actor },
): Promise<Extract<FileChange, { content: string | Uint8Array }>> {
  const { slug, own, name, description, aliases, actor } = given;
  const at = new Date(given.at);
  const text = own?.text ?? (await newNote(tree, given));
  const { yaml, body } = splitNote(text);
  const document = openFrontMatter(yaml);
  if (!document) {
    throw new AppError(
      "conflict",
      `The top part of ${own?.path ?? "the topic's note"} is not valid YAML any more, so the topic was not changed. Correct it in the file, then try again.`,
    );
  }
  setValue(document, "title", name);
  setValue(document, "description", description);
  setValue(document, "aliases", aliases);
  const content = approveText(replaceFrontMatter(document, body), approvalOf(actor, at));
  return { path: own?.path ?? `topics/${slug}/${given.at.slice(0, 10)}-about.md`, content };
}

/** The own note of a topic that has none yet. */
async function newNote(
  tree: KbTree,
  { slug, name, description, at, actor }: Words & { slug: string; at: string; actor: Actor },
): Promise<string> {
  const moment = new Date(at);
  const planned = await planNote(tree, {
    draft: {
      ...{ type: "Topic", title: name, description, body: description, topic: null, tags: [], sources: [] },
      ...{ generatedBy: "a person", generatedAt: moment },
      verifiedBy: { ref: actorRef(actor), name: actor.name, at: moment },
    },
    path: `topics/${slug}/${at.slice(0, 10)}-about.md`,
    at: moment,
  });
  return planned.content ?? "";
}

async function ownNote(ctx: Ctx, kb: Kb, tree: KbTree, slug: string): Promise<Own | null> {
  const note = await ctx.db.prisma.note.findFirst({
    where: { kbId: kb.id, topicSlug: slug, type: "Topic" },
    orderBy: { path: "asc" },
    select: { path: true },
  });
  const text = note && (await tree.read(note.path));
  return note && text !== null && text !== undefined && parseNote(text).type === "Topic"
    ? { path: note.path, text }
    : null;
}

function topicNow(ctx: Ctx, kb: Kb, slug: string) {
  return ctx.db.prisma.topic.findUnique({ where: { spaceId_slug: { spaceId: kb.spaceId, slug } } });
}
