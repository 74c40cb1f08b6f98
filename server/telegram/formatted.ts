import type { MessageEntity } from "grammy/types";

/** A text as Telegram takes it: plain, with marks at offsets that count UTF-16 units, as strings here do. */
export type Formatted = { text: string; entities: MessageEntity[] };

/** A mark without its place. */
type Mark =
  | { type: "bold" | "italic" | "strikethrough" | "code" | "blockquote" }
  | { type: "pre"; language?: string }
  | { type: "text_link"; url: string };

/** Builds a text from its start to its end. */
export type Writer = {
  write: (text: string) => void;
  /** Starts a new line, indented as the block wants. */
  newLine: () => void;
  /** What `inside` writes is marked, as far as Telegram lets marks hold each other. */
  marked: (mark: Mark, inside: () => void) => void;
  /** The lines that `inside` starts are indented further. */
  indented: (by: string, inside: () => void) => void;
  finish: () => Formatted;
};

/** Marks that may be in others and hold others; the rest hold nothing that is not one of these, except quotes. */
const STYLES = new Set(["bold", "italic", "strikethrough"]);
/** Marks that hold nothing and that no style may cover. */
const isMonospaced = ({ type }: MessageEntity) => type === "code" || type === "pre";

export function createWriter(): Writer {
  let text = "";
  let indent = "";
  const marks: Array<{ entity: MessageEntity; depth: number }> = [];
  const active: string[] = [];

  const mayHold = (type: string) =>
    !active.includes(type) && !(type === "code" && active.includes("text_link")) && !active.includes("pre");

  const close = (mark: Mark, start: number, firstInside: number) => {
    const cover = (from: number, to: number) => {
      if (to > from) marks.push({ entity: { ...mark, offset: from, length: to - from }, depth: active.length });
    };
    const holes = STYLES.has(mark.type) ? marks.slice(firstInside).filter(({ entity }) => isMonospaced(entity)) : [];
    let from = start;
    for (const { entity: hole } of holes) {
      cover(from, hole.offset);
      from = hole.offset + hole.length;
    }
    cover(from, text.length);
  };

  return {
    write: (words) => {
      text += words;
    },
    newLine: () => {
      text += `\n${indent}`;
    },
    marked: (mark, inside) => {
      if (!mayHold(mark.type)) return inside();
      const start = text.length;
      const firstInside = marks.length;
      active.push(mark.type);
      inside();
      active.pop();
      close(mark, start, firstInside);
    },
    indented: (by, inside) => {
      const outer = indent;
      indent += by;
      inside();
      indent = outer;
    },
    finish: () => {
      // Of marks that cover the same words the outer one comes first.
      const entities = marks.toSorted((a, b) => a.depth - b.depth).map(({ entity }) => entity);
      return slice({ text, entities }, 0, text.length);
    },
  };
}

/**
 * The part of a text from one offset to another, without the empty lines at its ends. Marks that go on before or after it are cut;
 * those that would cover nothing visible are left out.
 */
export function slice({ text, entities }: Formatted, from: number, to: number): Formatted {
  const start = from + (/^(?:[^\S\n]*\n)*/.exec(text.slice(from, to))?.[0].length ?? 0);
  const end = start + text.slice(start, to).trimEnd().length;
  const cut = entities.flatMap((entity): MessageEntity[] => {
    const [first, last] = visible(text, Math.max(entity.offset, start), Math.min(entity.offset + entity.length, end));
    return last > first ? [{ ...entity, offset: first - start, length: last - first }] : [];
  });
  return { text: text.slice(start, end), entities: cut.toSorted((a, b) => a.offset - b.offset || b.length - a.length) };
}

/** Without the white space at both ends. */
function visible(text: string, from: number, to: number): [from: number, to: number] {
  let [first, last] = [from, to];
  while (first < last && /\s/.test(text.charAt(first))) first++;
  while (last > first && /\s/.test(text.charAt(last - 1))) last--;
  return [first, last];
}
