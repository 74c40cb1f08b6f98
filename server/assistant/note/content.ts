import { createHash } from "node:crypto";

import { linksIn } from "#server/reading/index.ts";
import { originName } from "#server/messages/index.ts";

import { wordsFor } from "../speech.ts";
import type { Work } from "../work.ts";
import { fetchFiles, type NoteFile } from "./files.ts";

const MOST_LINKS = 5;

export type NoteContent = {
  messages: Array<{ id: string; author: string; text: string; forwardedFrom: string | null }>;
  files: NoteFile[];
  /** The addresses that its messages lead to, hidden ones too. */
  links: string[];
  pages: Array<{ url: string; title: string | null; text: string }>;
  /** What could not be read, a sentence each. */
  problems: string[];
};

/** Everything that a note is made from: the words of its messages, its files, the pages that it links to. */
export async function contentOfNote(work: Work): Promise<NoteContent> {
  const { request, deps, signal } = work;
  const words = wordsFor(request.contributor);
  const files = await fetchFiles(work);
  const links = [...new Set(request.messages.flatMap(({ text, entities }) => linksIn(text, asList(entities))))];
  const read = await Promise.all(links.slice(0, MOST_LINKS).map((url) => deps.readPage(url, { signal })));
  const pages = read.flatMap((page) => (page.type === "page" ? [page] : []));
  const unread = read.flatMap((page) =>
    page.type === "unreadable" ? [words("note.problem.link", { url: page.url, why: page.why })] : [],
  );
  return {
    messages: request.messages.map((message) => ({
      id: message.id,
      author: message.contributor?.displayName ?? request.chat.title,
      text: withoutCommand(message.text),
      forwardedFrom: originName(message.forwardOrigin),
    })),
    files,
    links,
    pages,
    problems: [...files.flatMap(({ problem }) => problem ?? []), ...unread],
  };
}

/** The same words and files have the same hash, however they are spaced; null where there is nothing. */
export function hashOf({ messages, files, links }: Pick<NoteContent, "messages" | "files" | "links">): string | null {
  const said = messages.map(({ text }) => text.normalize("NFC").replaceAll(/\s+/gu, " ").trim()).filter(Boolean);
  // A file that could not be fetched is like no other.
  const brought = files.map((file) => file.sha256 ?? file.id).toSorted();
  if (said.length === 0 && brought.length === 0) return null;
  return createHash("sha256")
    .update(JSON.stringify([said, brought, links]))
    .digest("hex");
}

/** A message without the command at its beginning. */
function withoutCommand(text: string): string {
  return text.replace(/^\/\w+(?:@\w+)?\s*/u, "");
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
