import { escapeText, linkTarget, quoteText } from "./inert.ts";
import type { CitedSource } from "./note.ts";

const LABEL = "Evidence:";
const DEFINITION = /^\[\^(m\d+)\]:/;

/** The footnotes below the text: who said it, where, and the exact words. Those that the text does not cite are named in a line of their own. */
export function renderEvidence(sources: readonly CitedSource[], cited: ReadonlySet<string>): string {
  const uncited = sources.filter((source) => !cited.has(source.id));
  const line = uncited.length > 0 ? [`${LABEL} ${uncited.map((source) => `[^${source.id}]`).join(" ")}`] : [];
  return [...line, ...sources.map(renderFootnote)].join("\n\n");
}

/** The footnotes that a text refers to. */
export function citedIn(text: string): Set<string> {
  return new Set([...text.matchAll(/(?<!\\)\[\^(m\d+)\](?!:)/g)].map((match) => match[1] ?? ""));
}

/** The text without what `renderEvidence` put below it; what a person wrote there stays. */
export function withoutEvidence(body: string, ours: ReadonlySet<string>): string {
  const kept: string[] = [];
  let isInFootnote = false;
  for (const line of body.split("\n")) {
    const id = DEFINITION.exec(line)?.[1];
    if (id !== undefined) isInFootnote = ours.has(id);
    else if (isInFootnote && line.trim() !== "" && !/^(?: {4}|\t)/.test(line)) isInFootnote = false;
    const names = line.startsWith(`${LABEL} `) ? line.slice(LABEL.length).trim().split(" ") : [];
    const isLabel = names.length > 0 && names.every((name) => ours.has(/^\[\^(m\d+)\]$/.exec(name)?.[1] ?? ""));
    if (!isInFootnote && !isLabel) kept.push(line);
  }
  return kept
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function renderFootnote({ id, resource, title, author, quote }: CitedSource): string {
  const target = resource && linkTarget(resource);
  const place = target ? `[${escapeText(title)}](${target})` : escapeText(title);
  const quotation = quoteText(quote)
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
  return `[^${id}]: ${escapeText(author.name)} in ${place}:\n\n${quotation}`;
}
