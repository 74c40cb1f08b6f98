import { z } from "zod";

import { embedderOf, findPassages, isListing, parseNote } from "#server/knowledge/index.ts";
import { AppError } from "#server/lib/errors.ts";

import { addressOf } from "./pages.ts";
import { folderPath, notePath } from "./places.ts";
import { type Bench, defineTool } from "./tool.ts";

const MOST_PASSAGES = 8;
const [LONGEST_PASSAGE, LONGEST_TEXT] = [1_500, 12_000];
const MOST_LISTED = 200;
const MOST_PAGES = 10;

/** The tools that look and change nothing. */
export const readingTools = [
  defineTool({
    name: "search_kb",
    description:
      "Finds the parts of notes that say something about a question or about words. Use it before you write.",
    parameters: z.object({ query: z.string() }),
    about: "query",
    run: searchKb,
  }),
  defineTool({
    name: "list_notes",
    description: "Lists the notes in a folder and below it, with their titles. An empty folder lists everything.",
    parameters: z.object({ folder: z.string().nullable() }),
    about: "folder",
    run: listNotes,
  }),
  defineTool({
    name: "read_note",
    description: `Reads a note with its front matter, ${LONGEST_TEXT} characters at a time; from_character says where to begin (null: at the top).`,
    parameters: z.object({ path: z.string(), from_character: z.number().nullable() }),
    about: "path",
    run: readNote,
  }),
  defineTool({
    name: "recall",
    description: "Tells what this person asked you to keep in mind in earlier tasks.",
    parameters: z.object({}),
    run: async ({ memory }) => (await memory.recall()).map((text) => `- ${text}`).join("\n") || "There is nothing.",
  }),
  defineTool({
    name: "fetch_url",
    description:
      "Reads a page of the web. Only addresses that the person gave in their own words can be opened, exactly as they gave them.",
    parameters: z.object({ url: z.string() }),
    about: "url",
    run: fetchUrl,
  }),
];

async function searchKb({ work, overlay, signal }: Bench, { query }: { query: string }): Promise<string> {
  const { deps, ctx, request } = work;
  const { spaceId } = request;
  const embedder = await embedderOf(deps, ctx, { spaceId, requestId: request.id });
  const found = await findPassages({ embedder }, ctx, { spaceId, question: query, limit: MOST_PASSAGES, signal });
  // What this task changed is not in the index.
  const standing = found.filter(({ path }) => !overlay.isChanged(path));
  const passages = standing.map(
    ({ path, title, headings, text }) =>
      `${path} (${[title, ...headings].join(" › ")}):\n${text.slice(0, LONGEST_PASSAGE).toWellFormed()}`,
  );
  const changed = found.filter(({ path }) => overlay.isChanged(path)).map(({ path }) => path);
  const hint = changed.length > 0 ? [`Changed in this task, read again: ${[...new Set(changed)].join(", ")}`] : [];
  return [...passages, ...hint].join("\n\n") || "Nothing was found. Try other words, or list_notes.";
}

async function listNotes({ kb, work, overlay }: Bench, args: { folder: string | null }): Promise<string> {
  const folder = folderPath(args.folder ?? "");
  const paths = (await overlay.list(folder)).filter((path) => path.endsWith(".md") && !isListing(path));
  const shown = paths.slice(0, MOST_LISTED);
  const rows = await work.ctx.db.prisma.note.findMany({
    where: { kbId: kb.id, path: { in: shown } },
    select: { path: true, title: true, type: true },
  });
  const known = new Map(rows.map(({ path, title, type }) => [path, `${title} (${type})`]));
  const lines = await Promise.all(
    shown.map(async (path) => {
      const fresh = overlay.isChanged(path) ? parseNote((await overlay.read(path)) ?? "").title : known.get(path);
      return `${path}: ${fresh ?? "?"}`;
    }),
  );
  const rest = paths.length - shown.length;
  if (rest > 0) lines.push(`… and ${rest} more. Name a folder to see them.`);
  return lines.join("\n") || "There are no notes.";
}

async function readNote(
  { overlay }: Bench,
  { path: given, from_character: from }: { path: string; from_character: number | null },
): Promise<string> {
  const path = notePath(given);
  const content = await existing(overlay, path);
  const start = Math.max(0, Math.trunc(from ?? 0));
  const part = content.slice(start, start + LONGEST_TEXT).toWellFormed();
  const rest = content.length - start - part.length;
  return rest > 0 ? `${part}\n[… ${rest} characters more: read on from_character ${start + part.length}]` : part;
}

/** The text of a note. @throws AppError `not_found` */
export async function existing(overlay: Bench["overlay"], path: string): Promise<string> {
  const content = await overlay.read(path);
  if (content !== null) return content;
  throw new AppError("not_found", `There is no note at ${path}. list_notes tells what there is.`);
}

async function fetchUrl(bench: Bench, args: { url: string }): Promise<string> {
  const url = addressOf(args.url);
  if (url === null || !bench.addresses.has(url)) {
    throw new AppError(
      "forbidden",
      "Only addresses that the person gave in their own words are opened, exactly as they gave them. Do without it, or say in the end which page you would need.",
    );
  }
  if (bench.pagesRead >= MOST_PAGES) {
    throw new AppError("rate_limited", `A task reads at most ${MOST_PAGES} pages. Go on with what you have.`);
  }
  bench.pagesRead += 1;
  const page = await bench.work.deps.readPage(url, { signal: bench.signal });
  if (page.type === "unreadable") throw new AppError("invalid_input", page.why);
  const text = page.text.slice(0, LONGEST_TEXT).toWellFormed();
  const isCut = page.isCut || text.length < page.text.length;
  return `${page.title ?? page.url}\n\n${text}${isCut ? "\n[… the rest was cut]" : ""}`;
}
