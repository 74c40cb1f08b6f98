import type { Document } from "yaml";

import { AppError } from "#server/lib/errors.ts";

import { citedIn, renderEvidence, withoutEvidence } from "./evidence-notes.ts";
import {
  asRecord,
  joinNote,
  openFrontMatter,
  readFrontMatter,
  replaceFrontMatter,
  setEntries,
  setValue,
  splitNote,
} from "./front-matter.ts";
import { cleanBody, cleanText } from "./inert.ts";
import { type NoteDraft, type NoteSource, type ParsedNote, type ParsedSource, Relation } from "./schema.ts";

/** A source with the footnote that it has in the file. */
export type CitedSource = NoteSource & { id: string };

/**
 * A note as Markdown with front matter. With `existing` it is an update of that file: unknown keys, their order, comments
 * and sources that Winnow did not write survive, approvals add up; title, body and sources become those of the draft.
 * @throws AppError `conflict` when the front matter of the existing file cannot be read
 */
export function renderNote(draft: NoteDraft, existing?: string): string {
  const document = openFrontMatter(existing === undefined ? null : splitNote(existing).yaml);
  if (!document) throw unreadable();
  const sources = numbered(draft.sources, existing === undefined ? [] : parseNote(existing).sources);
  writeFrontMatter(document, draft, sources);
  const text = cleanBody(draft.body);
  return joinNote(document, [text, renderEvidence(sources, citedIn(text))].filter(Boolean).join("\n\n"));
}

/**
 * A note with another status; its text stays as it is, to the letter.
 * @param given.supersededBy the path of the note that holds now, without the slash in front; null takes that away
 * @throws AppError `conflict` when the front matter of the file cannot be read
 */
export function withStatus(existing: string, given: { status: string; supersededBy: string | null }): string {
  const { yaml, body } = splitNote(existing);
  const document = openFrontMatter(yaml);
  if (!document) throw unreadable();
  setValue(document, "status", given.status);
  setValue(document, "superseded_by", given.supersededBy === null ? null : `/${given.supersededBy.replace(/^\//, "")}`);
  return replaceFrontMatter(document, body);
}

/** Reads a note, whoever wrote it; never throws. */
export function parseNote(markdown: string): ParsedNote {
  const { yaml, body } = splitNote(markdown);
  const frontMatter = readFrontMatter(yaml);
  const sources = listOf(frontMatter.sources).map(parseSource);
  const ours = new Set(sources.filter((source) => source.messageId !== null).map((source) => source.id));
  const trimmed = body.trim();
  return {
    type: textOf(frontMatter.type) ?? "Note",
    title: textOf(frontMatter.title) ?? /^#{1,6}[ \t]+(.+)$/m.exec(trimmed)?.[1]?.trim() ?? "Untitled",
    description: textOf(frontMatter.description) ?? "",
    topic: textOf(frontMatter.topic),
    tags: listOf(frontMatter.tags).flatMap((tag) => textOf(tag) ?? []),
    status: textOf(frontMatter.status),
    staleAfter: dayOf(frontMatter.stale_after),
    links: listOf(frontMatter.links).flatMap((entry) => parseLink(entry) ?? []),
    aliases: listOf(frontMatter.aliases).flatMap((alias) => textOf(alias) ?? []),
    sources,
    verified: listOf(frontMatter.verified).map((entry) => {
      const { by, name, at } = asRecord(entry);
      return { by: textOf(by) ?? "", name: textOf(name), at: textOf(at) };
    }),
    generatedBy: textOf(asRecord(frontMatter.generated).by),
    frontMatter,
    body: trimmed,
    text: withoutEvidence(trimmed, ours),
  };
}

function unreadable(): AppError {
  return new AppError(
    "conflict",
    "The top part of this note between the --- lines is not valid YAML any more, so the note was not changed. Correct it in the file, then try again.",
  );
}

function writeFrontMatter(document: Document, draft: NoteDraft, sources: readonly CitedSource[]): void {
  const line = (text: string) => cleanText(text).replace(/\s+/gu, " ").trim();
  const values = {
    type: draft.type,
    title: line(draft.title),
    description: line(draft.description),
    topic: draft.topic === null ? null : line(draft.topic),
    tags: draft.tags.map(line),
  };
  for (const [key, value] of Object.entries(values)) setValue(document, key, value);
  const messages = sources.map(({ id, resource, title, author, messageId }) => ({
    ...{ id, resource, title: line(title) },
    ...{ author: line(author.ref), message: messageId },
  }));
  const pages = (draft.pages ?? []).map(({ resource, title }, index) => ({
    ...{ id: `w${index + 1}`, resource, title: line(title) },
    ...{ author: null, message: null },
  }));
  setEntries(document, "sources", [...messages, ...pages], {
    isSame: (found, entry) => isSameSource(parseSource(found), { messageId: entry.message, resource: entry.resource }),
    isOurs: (found) => parseSource(found).messageId !== null,
  });
  setValue(document, "generated", { by: line(`winnow/${draft.generatedBy}`), at: moment(draft.generatedAt) });
  const { verifiedBy } = draft;
  if (verifiedBy) {
    const entry = { by: line(verifiedBy.ref), name: line(verifiedBy.name), at: moment(verifiedBy.at) };
    const isOther = (found: Record<string, unknown>) => found.by !== entry.by;
    setEntries(document, "verified", [entry], { isSame: (found) => !isOther(found), isOurs: () => false });
  }
  setValue(document, "status", draft.status ?? "stable");
  writeLinks(document, draft.links ?? []);
  if (draft.aliases) setValue(document, "aliases", draft.aliases.map(line));
  if (draft.staleAfter !== undefined) setValue(document, "stale_after", draft.staleAfter);
  if (draft.task) {
    const { priority, category, assignee, due, state } = draft.task;
    const fields = { priority, category, assignee: assignee && line(assignee.name), due, state };
    for (const [key, value] of Object.entries(fields)) setValue(document, key, value);
  }
}

/** Adds what is not there; links that a person wrote, and those of earlier approvals, stay. */
function writeLinks(document: Document, links: NonNullable<NoteDraft["links"]>): void {
  const wanted = links.map(({ relation, to }) => ({ relation, to: `/${to.replace(/^\//, "")}` }));
  const isSame = (found: Record<string, unknown>, entry: (typeof wanted)[number]) => {
    const link = parseLink(found);
    return link !== null && link.relation === entry.relation && `/${link.to}` === entry.to;
  };
  setEntries(document, "links", wanted, { isSame, isOurs: () => false });
}

/** An entry of `links` as it was meant; null for one that says nothing that is known. */
function parseLink(entry: unknown): { relation: Relation; to: string } | null {
  const { relation, to } = asRecord(entry);
  const known = Relation.safeParse(
    textOf(relation)
      ?.toLowerCase()
      .replaceAll(/[\s-]+/g, "_"),
  );
  const path = textOf(to)?.replace(/^\//, "").replace(/#.*$/s, "");
  return known.success && path ? { relation: known.data, to: path } : null;
}

/** Sources that the file has keep their footnotes, so that what a person wrote goes on citing the same message. */
function numbered(sources: readonly NoteSource[], existing: readonly ParsedSource[]): CitedSource[] {
  const taken = new Set(existing.map((source) => source.id));
  let last = 0;
  const nextId = (): string => {
    last += 1;
    return taken.has(`m${last}`) ? nextId() : `m${last}`;
  };
  return sources.map((source) => {
    const known = existing.find((each) => isSameSource(each, source) && /^m\d+$/.test(each.id));
    return { ...source, id: known?.id ?? nextId() };
  });
}

function isSameSource(found: ParsedSource, wanted: { messageId: string | null; resource: string | null }): boolean {
  if (found.messageId !== null) return found.messageId === wanted.messageId;
  return found.resource !== null && found.resource === wanted.resource;
}

function parseSource(entry: unknown): ParsedSource {
  const { id, resource, title, author, message } = asRecord(entry);
  return {
    id: textOf(id) ?? "",
    resource: textOf(resource),
    title: textOf(title),
    author: textOf(author),
    messageId: textOf(message),
  };
}

/** A value that is text, or can only be meant as such: a tag `2026`, a title `1.0`. */
function textOf(value: unknown): string | null {
  if (typeof value === "string") return cleanText(value).trim() || null;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** A day as yyyy-mm-dd, of a day or a moment; null for what is none. */
function dayOf(value: unknown): string | null {
  const day = /^(\d{4}-\d{2}-\d{2})(?:$|[T\s])/.exec(textOf(value) ?? "")?.[1];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T00:00:00Z`);
  // The 31st of February would be read as a day in March.
  return day !== undefined && !Number.isNaN(at) && new Date(at).toISOString().startsWith(day) ? day : null;
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

const moment = (at: Date) => at.toISOString().replace(/\.\d+Z$/, "Z");
