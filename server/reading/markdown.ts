import { gathering } from "./gathering.ts";

const BLOCKS = new Set(
  "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header hr html main menu nav ol p pre section summary table ul".split(
    " ",
  ),
);
const ELEMENT = 1;
const TEXT = 3;

/** What a page shows, with the marks of Markdown for headings, lists, rows of tables and code. Of links there are the words, of pictures nothing. */
export function inMarkdown(root: Node): string {
  const out = gathering();
  let isLineStart = true;
  const add = (piece: string) => {
    const words = isLineStart && piece.startsWith(" ") ? piece.trimStart() : piece;
    if (words === "") return;
    isLineStart = words.endsWith("\n");
    out.add(words);
  };
  write(root, { add, isFull: out.isFull, isCode: false, depth: 0 });
  return out.text();
}

type Place = { add: (piece: string) => void; isFull: () => boolean; isCode: boolean; depth: number };

function write(node: Node, place: Place): void {
  if (place.isFull()) return;
  if (node.nodeType === TEXT) {
    const text = node.textContent ?? "";
    place.add(place.isCode ? text : text.replaceAll(/\s+/g, " "));
    return;
  }
  if (node.nodeType !== ELEMENT) return;
  const name = node.nodeName.toLowerCase();
  const level = /^h([1-6])$/.exec(name)?.[1];
  if (level !== undefined) return inside(node, place, `\n\n${"#".repeat(Number(level))} `, "\n\n");
  switch (name) {
    case "br":
      return place.add("\n");
    case "li":
      return inside(node, { ...place, depth: place.depth + 1 }, `\n${"  ".repeat(Math.min(place.depth, 10))}- `, "");
    case "tr":
      return inside(node, place, "\n|", "");
    case "td":
    case "th":
      return inside(node, place, " ", " |");
    case "pre":
      return inside(node, { ...place, isCode: true }, "\n\n```\n", "\n```\n\n");
    case "ul":
    case "ol":
      // A list within an item follows its words at once.
      return inside(node, place, place.depth > 0 ? "" : "\n\n", place.depth > 0 ? "" : "\n\n");
    default: {
      if (!BLOCKS.has(name)) return inside(node, place, "", "");
      // What stands in an item stays in its line.
      return place.depth > 0 ? inside(node, place, "", " ") : inside(node, place, "\n\n", "\n\n");
    }
  }
}

function inside(node: Node, place: Place, before: string, after: string): void {
  place.add(before);
  for (const child of node.childNodes) write(child, place);
  place.add(after);
}
