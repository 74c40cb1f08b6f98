import type { Nodes, Root } from "mdast";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";

import { blocksOf, isTangled } from "./schema.ts";

// What people and models wrote becomes Markdown that others open in other programs. It must show what was written and
// do nothing: no HTML, no picture that calls home, no link that is not what it says, no footnote that poses as evidence.

/** Control characters, and the marks that hide text or turn its direction. */
const UNSEEN = /(?![\t\n])[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;
const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029]/gu;
const SAFE_SCHEMES = /^(?:https?|mailto):/i;
/** An address of the web in a text, without the punctuation that ends the sentence. */
const ADDRESS = /(https?:\/\/[\w\-.~/?#@!$&()*+,=%:]*[\w/~#%=-])/gi;
const MAX_PASSES = 30;

/** What stands for a character so that it is only shown. A backslash would not do: a bare address before it takes it in. */
const REFERENCES: Record<string, string> = { "<": "&lt;", "!": "&#33;", "[": "&#91;" };

const parser = unified().use(remarkParse).use(remarkGfm);

/** Plain text as Markdown that shows exactly that text, on one line. */
export function escapeText(text: string): string {
  return escapeLine(cleanText(text).replace(/\s+/gu, " ").trim());
}

/** Plain text as the lines of a quotation that shows exactly that text. */
export function quoteText(text: string): string {
  const lines = cleanText(text).trim().split("\n");
  return lines.map((line) => `> ${quoteLine(line.replace(/\s+/gu, " ").trim())}`.trimEnd()).join("\n");
}

/**
 * Markdown from outside, as Markdown that may follow the front matter of a note: formatting stays, the rest is shown as
 * text. Done to its own result it changes nothing.
 */
export function cleanBody(markdown: string): string {
  let text = cleanText(markdown)
    .replace(/(?<![^\S\n])[^\S\n]+$/gmu, "")
    .replace(/^\n+/, "")
    .trimEnd();
  text = blocksOf(text)
    .map((block) => (isTangled(block) ? escapeLines(block) : block))
    .join("");
  // Only these can begin anything that is taken out here.
  if (!/[<[]|^[ >\t]*(?:```|~~~)/m.test(text)) return text;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const tree = parser.parse(text);
    const marks = new Set(dangers(tree, text));
    if (marks.size === 0) return closeFence(tree, text);
    text = [...marks]
      .toSorted((first, second) => second - first)
      .reduce((sofar, at) => sofar.slice(0, at) + (REFERENCES[sofar[at] ?? ""] ?? "") + sofar.slice(at + 1), text);
  }
  // Something that keeps coming back in another form: then no formatting at all.
  return escapeLines(text);
}

/** The text without characters that cannot be seen, with plain line ends. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(LINE_BREAKS, "\n").replace(UNSEEN, "");
}

/** An address as the target of a link, or null where it is not one that a note may link to. */
export function linkTarget(url: string): string | null {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  return new URL(url).href.replace(/[()<>\\[\]*_`]/g, hex);
}

/** A line of a quotation: as escaped text, in which addresses of the web can be followed. */
function quoteLine(line: string): string {
  return line
    .split(ADDRESS)
    .map((piece, index) => (index % 2 === 0 ? escapeLine(piece, index === 0) : `<${piece}>`))
    .join("");
}

function escapeLines(text: string): string {
  return text
    .split("\n")
    .map((line) => escapeLine(line.trim()))
    .join("\n");
}

function escapeLine(line: string, isStart = true): string {
  const escaped = line
    .replace(/[\\`*[\]<|~]/g, "\\$&")
    .replace(/&(?=#?\w+;)/g, "\\&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    // Else a bare address becomes a link, and takes in the escapes that follow it.
    .replace(/(?<=https?):|(?<=www)\.|(?<=[\w.+-])@/gi, "\\$&");
  return isStart ? escaped.replace(/^[#>+\-=:]/, "\\$&").replace(/^(\d+)([.)])/, "$1\\$2") : escaped;
}

/** Where something begins that must not mean anything. */
function* dangers(node: Nodes, text: string): Generator<number> {
  const start = node.position?.start.offset ?? 0;
  const end = node.position?.end.offset ?? 0;
  if (node.type === "html") {
    for (let at = text.indexOf("<", start); at >= 0 && at < end; at = text.indexOf("<", at + 1)) yield at;
  } else if (node.type === "image" || node.type === "imageReference") {
    yield start;
  } else if (node.type === "footnoteDefinition") {
    if (/^m\d+$/i.test(node.identifier)) yield start;
  } else if ((node.type === "link" || node.type === "definition") && !isSafe(node.url)) {
    // A bare address has no bracket; it only ever has a safe scheme.
    if (text[start] === "[" || text[start] === "<") yield start;
  }
  if ("children" in node) for (const child of node.children) yield* dangers(child, text);
}

function isSafe(url: string): boolean {
  const plain = url.replace(/\s/g, "");
  return SAFE_SCHEMES.test(plain) || !/^[^/?#]*:/.test(plain);
}

/** A code block that is left open would swallow what comes below. */
function closeFence(tree: Root, text: string): string {
  const last = tree.children.at(-1);
  if (last?.type !== "code") return text;
  const block = text.slice(last.position?.start.offset, last.position?.end.offset).split("\n");
  const fence = /^(`{3,}|~{3,})/.exec(block[0] ?? "")?.[1];
  if (!fence) return text;
  const closing = (block.at(-1) ?? "").trim();
  const isClosed = block.length > 1 && closing.length >= fence.length && closing === fence[0]?.repeat(closing.length);
  return isClosed ? text : `${text}\n${fence}`;
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
