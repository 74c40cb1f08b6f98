import type { Gathering } from "./gathering.ts";
import type { Parts } from "./office.ts";
import { scanXml } from "./xml.ts";

/** Puts the text of a PPTX into `out`, slide by slide, in the order of their numbers. */
export function pptxText(parts: Parts, out: Gathering): void {
  const slides = Object.keys(parts)
    .map((path) => ({ path, number: Number(/^ppt\/slides\/slide(\d+)\.xml$/.exec(path)?.[1] ?? 0) }))
    .filter(({ number }) => number > 0)
    .toSorted((a, b) => a.number - b.number);
  for (const { path, number } of slides) {
    out.add(`## Slide ${number}\n\n`);
    slideText(parts[path], out);
  }
}

function slideText(bytes: Uint8Array | undefined, out: Gathering): void {
  let paragraph = "";
  let isText = false;
  scanXml(bytes, {
    open: (name) => {
      if (name === "t") isText = true;
      if (name === "br") paragraph += "\n";
    },
    text: (piece) => (paragraph += isText ? piece : ""),
    close: (name) => {
      if (name === "t") isText = false;
      if (name !== "p") return;
      if (paragraph.trim() !== "") out.add(`${paragraph}\n\n`);
      paragraph = "";
    },
    isFull: out.isFull,
  });
}
