import type { List, ListItem, Nodes, Root, RootContent, Table } from "mdast";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";

import { createWriter, type Formatted, slice, type Writer } from "./formatted.ts";
import { piecesOf } from "./pieces.ts";
import { tableLines } from "./table.ts";

/** Longer texts are shown as they are. */
const MOST_SOURCE = 100_000;
/** What is nested deeper is shown without marks. */
const MOST_DEPTH = 32;
/** Longer addresses are not linked. */
const MOST_URL = 2_048;

const parser = unified().use(remarkParse).use(remarkGfm);

/** Where a walk through a document is. */
type Walk = { writer: Writer; addresses: Map<string, string>; depth: number };

/**
 * Markdown as Telegram shows it. What Telegram has no mark for is written in signs: lists with bullets, tables lined up in a code block,
 * headings in bold; HTML stays text. Never throws, whatever the text: what cannot be read as Markdown is shown as it is.
 * @param enough the caller needs no more than about so many units: the rest may be missing
 */
export function formattedOf(markdown: string, enough = Number.POSITIVE_INFINITY): Formatted {
  const source = markdown.toWellFormed().replaceAll(/\r\n?/g, "\n");
  const pieces = source.length > MOST_SOURCE ? [{ source, isReadable: false, isApart: true }] : piecesOf(source);
  const done: Formatted = { text: "", entities: [] };
  for (const piece of pieces) {
    const { text, entities } = piece.isReadable ? read(piece.source) : plain(piece.source);
    if (text === "") continue;
    if (done.text !== "") done.text += piece.isApart ? "\n\n" : "\n";
    const start = done.text.length;
    for (const entity of entities) done.entities.push({ ...entity, offset: entity.offset + start });
    done.text += text;
    if (done.text.length > enough) break;
  }
  return done;
}

/** A text without any marks. */
const plain = (text: string): Formatted => slice({ text, entities: [] }, 0, text.length);

function read(source: string): Formatted {
  try {
    const root = parser.parse(source);
    const writer = createWriter();
    writeBlocks({ writer, addresses: addressesIn(root), depth: 0 }, root.children, 2);
    return writer.finish();
  } catch (error) {
    // The parser calls itself for what is nested: a text that is made for it exhausts the stack.
    if (error instanceof RangeError) return plain(source);
    throw error;
  }
}

/** The addresses that links name by a word. */
function addressesIn(root: Root): Map<string, string> {
  const addresses = new Map<string, string>();
  for (const node of root.children) {
    if (node.type === "definition" && !addresses.has(node.identifier)) addresses.set(node.identifier, node.url);
  }
  return addresses;
}

/** @param gap how many new lines are between blocks: two leave an empty line */
function writeBlocks(walk: Walk, blocks: RootContent[], gap: 1 | 2): void {
  let isFirst = true;
  for (const block of blocks) {
    if (block.type === "definition") continue;
    for (let line = 0; line < gap && !isFirst; line++) walk.writer.newLine();
    isFirst = false;
    writeNode(walk, block);
  }
}

function writeInline(walk: Walk, nodes: Nodes[]): void {
  for (const node of nodes) writeNode(walk, node);
}

function writeNode(outer: Walk, node: Nodes): void {
  const walk = { ...outer, depth: outer.depth + 1 };
  const { writer } = walk;
  if (walk.depth > MOST_DEPTH) return writeText(writer, wordsOf(node));
  switch (node.type) {
    case "text":
    case "html":
      return writeText(writer, node.value);
    case "break":
      return writer.newLine();
    case "strong":
    case "heading":
      return writer.marked({ type: "bold" }, () => writeInline(walk, node.children));
    case "emphasis":
      return writer.marked({ type: "italic" }, () => writeInline(walk, node.children));
    case "delete":
      return writer.marked({ type: "strikethrough" }, () => writeInline(walk, node.children));
    case "inlineCode":
      return writer.marked({ type: "code" }, () => writeText(writer, node.value));
    case "code": {
      const language = /^[\w+#.-]{1,40}/.exec(node.lang ?? "")?.[0];
      return writer.marked({ type: "pre", ...(language ? { language } : {}) }, () => writer.write(node.value));
    }
    case "blockquote":
      return writer.marked({ type: "blockquote" }, () => writeBlocks(walk, node.children, 2));
    case "list":
      return writeList(walk, node);
    case "table":
      return writeTable(walk, node);
    case "link":
      return writeLink(walk, node.url, () => writeInline(walk, node.children));
    case "linkReference":
      return writeLink(walk, walk.addresses.get(node.identifier), () => writeInline(walk, node.children));
    case "image":
      return writeLink(walk, node.url, () => writeText(writer, node.alt || node.url));
    case "imageReference": {
      const url = walk.addresses.get(node.identifier);
      return writeLink(walk, url, () => writeText(writer, node.alt || (url ?? "")));
    }
    case "thematicBreak":
      return writer.write("———");
    case "footnoteReference":
      return writer.write(`[${node.label ?? node.identifier}]`);
    case "footnoteDefinition":
      writer.write(`[${node.label ?? node.identifier}] `);
      return writeBlocks(walk, node.children, 1);
    default:
      return "children" in node ? writeInline(walk, node.children) : undefined;
  }
}

/** A text whose lines begin where its block does. */
function writeText(writer: Writer, text: string): void {
  for (const [index, line] of text.split("\n").entries()) {
    if (index > 0) writer.newLine();
    writer.write(line);
  }
}

function writeList(walk: Walk, list: List): void {
  for (const [index, item] of list.children.entries()) {
    if (index > 0) walk.writer.newLine();
    const marker = `${list.ordered ? `${(list.start ?? 1) + index}.` : "•"}${boxOf(item)} `;
    walk.writer.write(marker);
    walk.writer.indented(" ".repeat(list.ordered ? marker.length : 2), () => writeBlocks(walk, item.children, 1));
  }
}

const boxOf = ({ checked }: ListItem) => (typeof checked === "boolean" ? (checked ? " ☑" : " ☐") : "");

function writeTable({ writer }: Walk, table: Table): void {
  const rows = table.children.map((row) => row.children.map((cell) => wordsOf(cell).replaceAll("\n", " ")));
  writer.marked({ type: "pre" }, () => writer.write(tableLines(rows).join("\n")));
}

/** Links what Telegram can open; anything else is text. */
function writeLink({ writer }: Walk, url: string | undefined, inside: () => void): void {
  if (url !== undefined && isAddress(url)) writer.marked({ type: "text_link", url }, inside);
  else inside();
}

/** Whether Telegram opens an address: on the web, or of its own. */
function isAddress(url: string): boolean {
  return url.length <= MOST_URL && URL.canParse(url) && ["http:", "https:", "tg:"].includes(new URL(url).protocol);
}

/** The words of a node and of all in it, without calling itself. */
function wordsOf(node: Nodes): string {
  const words: string[] = [];
  const waiting: Nodes[] = [node];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if ("value" in next) words.push(next.value);
    else if ("alt" in next && next.alt) words.push(next.alt);
    if ("children" in next) waiting.push(...next.children.toReversed());
  }
  return words.join("");
}
