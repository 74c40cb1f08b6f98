import { z } from "zod";

import { parseNote, planNote } from "#server/knowledge/index.ts";
import { type NoteDraft, NoteType } from "#server/knowledge/schema.ts";
import { AppError } from "#server/lib/errors.ts";

import { checkFree, folderPath, notePath } from "./places.ts";
import { existing } from "./reading-tools.ts";
import { withText } from "../note-text.ts";
import { type Bench, defineTool } from "./tool.ts";

const MOST_DELETED = 20;
const [LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_TOPIC, LONGEST_TAG, MOST_TAGS] = [200, 300, 100, 60, 20];

/** The tools that change something: in the private tree of the task, and in the memory of its person. */
export const writingTools = [
  defineTool({
    name: "create_note",
    description:
      "Writes a new note. It gets its place by its type and topic; name a path only where the person asked for one. The body is Markdown without the title and without front matter; links to other notes are [words](/path/of/note.md).",
    parameters: z.object({
      title: z.string(),
      type: NoteType,
      /** One sentence, for listings and search. */
      description: z.string(),
      topic: z.string().nullable(),
      tags: z.array(z.string()).nullable(),
      body: z.string(),
      path: z.string().nullable(),
    }),
    about: "title",
    run: createNote,
  }),
  defineTool({
    name: "edit_note",
    description:
      "Changes the text of a note: puts text in the place of a passage that stands in it exactly once, or (passage: null) in the place of the whole text. Front matter and quotes of sources stay.",
    parameters: z.object({ path: z.string(), passage: z.string().nullable(), text: z.string() }),
    about: "path",
    run: editNote,
  }),
  defineTool({
    name: "move_note",
    description: "Moves or renames a note. The links of other notes to it follow by themselves.",
    parameters: z.object({ path: z.string(), to: z.string() }),
    about: "path",
    run: moveNote,
  }),
  defineTool({
    name: "delete_note",
    description: `Takes a note out; it stays in the history. At most ${MOST_DELETED} in a task, and only where the person asked for it.`,
    parameters: z.object({ path: z.string() }),
    about: "path",
    run: deleteNote,
  }),
  defineTool({
    name: "create_folder",
    description: "Makes the place of a folder sure. A folder is there once a note is in it.",
    parameters: z.object({ path: z.string() }),
    about: "path",
    run: createFolder,
  }),
  defineTool({
    name: "remember",
    description:
      "Keeps a fact in mind for later tasks of this person, in one sentence. Only what the person themselves asked to be remembered.",
    parameters: z.object({ text: z.string() }),
    about: "text",
    run: async ({ memory }, { text }) => {
      await memory.remember(text);
      return "It will be kept when the task is done.";
    },
  }),
];

type NewNote = {
  title: string;
  type: NoteType;
  description: string;
  topic: string | null;
  tags: string[] | null;
  body: string;
  path: string | null;
};

async function createNote(bench: Bench, args: NewNote): Promise<string> {
  const { overlay, work } = bench;
  const at = work.ctx.now();
  const title = oneLine(args.title, LONGEST_TITLE);
  if (title === "") throw new AppError("invalid_input", "A note needs a title. Nothing was written.");
  const topic = args.topic === null ? null : oneLine(args.topic, LONGEST_TOPIC) || null;
  const tags = (args.tags ?? []).map((tag) => oneLine(tag, LONGEST_TAG)).filter(Boolean);
  const draft: NoteDraft = {
    ...{ type: args.type, title, topic, tags: [...new Set(tags)].slice(0, MOST_TAGS) },
    description: oneLine(args.description, LONGEST_DESCRIPTION) || title,
    body: storable(args.body),
    sources: [],
    generatedBy: bench.model,
    generatedAt: at,
    verifiedBy: null,
    // Nobody has looked at it yet.
    status: "draft",
  };
  const path = args.path === null || args.path.trim() === "" ? null : notePath(args.path);
  if (path !== null) await checkFree(overlay, path);
  const planned = await planNote(overlay, path === null ? { draft, at } : { draft, path, at });
  await checkFree(overlay, planned.path);
  overlay.set({ path: planned.path, content: planned.content });
  return `Written at ${planned.path}.`;
}

async function editNote(
  { overlay }: Bench,
  args: { path: string; passage: string | null; text: string },
): Promise<string> {
  const path = notePath(args.path);
  const content = await existing(overlay, path);
  const changed = withText(content, { passage: args.passage, text: storable(args.text) });
  overlay.set({ path, content: changed });
  return changed === content ? "It says that already." : "Changed.";
}

/** The note at its new place, and the links that lead to it. */
async function moveNote({ overlay, kb, work }: Bench, args: { path: string; to: string }): Promise<string> {
  const [path, to] = [notePath(args.path), notePath(args.to)];
  const content = await existing(overlay, path);
  if (to === path) throw new AppError("invalid_input", "The note is there already.");
  const names = async (folder: string) =>
    (await overlay.names(folder)).filter((name) => (folder === "" ? name : `${folder}/${name}`) !== path);
  await checkFree({ names }, to);
  const followed = await linksFollow({ overlay, kb, work }, path, to);
  overlay.set({ path, content: null }, { path: to, content }, ...followed);
  return `Moved to ${to}. Links that follow: ${followed.length}.`;
}

async function linksFollow(
  { overlay, kb, work }: Pick<Bench, "overlay" | "kb" | "work">,
  path: string,
  to: string,
): Promise<Array<{ path: string; content: string }>> {
  const forms = [...new Set([path, linked(path), encodeURI(path)])].map((form) => `](/${form}`);
  const indexed = await work.ctx.db.prisma.note.findMany({
    where: { kbId: kb.id, OR: forms.map((form) => ({ body: { contains: form } })) },
    select: { path: true },
  });
  const own = (await overlay.changes()).map((change) => change.path);
  const followed = await Promise.all(
    [...new Set([...indexed.map((note) => note.path), ...own])].map(async (each) => {
      const text = each === path ? null : await overlay.read(each);
      if (text === null) return [];
      const changed = forms.reduce(
        (sofar, form) => sofar.replaceAll(`${form})`, `](/${linked(to)})`).replaceAll(`${form}#`, `](/${linked(to)}#`),
        text,
      );
      return changed === text ? [] : [{ path: each, content: changed }];
    }),
  );
  return followed.flat();
}

async function deleteNote({ overlay, deleted }: Bench, args: { path: string }): Promise<string> {
  const path = notePath(args.path);
  const content = await existing(overlay, path);
  if (deleted.size >= MOST_DELETED) {
    throw new AppError(
      "forbidden",
      `A task deletes at most ${MOST_DELETED} notes, and this one has. Name the others in the end; the person can give another task.`,
    );
  }
  overlay.set({ path, content: null });
  deleted.add(path);
  return `“${parseNote(content).title}” is taken out.`;
}

async function createFolder({ overlay }: Bench, args: { path: string }): Promise<string> {
  const folder = folderPath(args.path);
  if ((await overlay.list(folder)).length > 0) return "The folder is there.";
  await checkFree(overlay, folder);
  return `${folder} can be used: it is there once a note is in it. Name it in the path of create_note or move_note.`;
}

/** A path as a link has it: letters of any language stay readable, whatever could end the link is encoded. */
const linked = (path: string) =>
  path.replaceAll(/[^\p{L}\p{N}\p{M}\-_./]/gu, (character) =>
    encodeURIComponent(character).replaceAll(
      /[()!'*~]/gu,
      (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  );
const storable = (text: string) => text.replaceAll("\0", "").toWellFormed();
const oneLine = (text: string, most: number) =>
  storable(text).replaceAll(/\s+/gu, " ").trim().slice(0, most).toWellFormed();
