import { Parser } from "htmlparser2";

import { Unreadable } from "./extracted.ts";

/** What is told while an XML file is gone through. Names come without the prefix of their namespace. */
export type Reader = {
  open?: (name: string, attributes: Record<string, string>) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
  /** Asked now and then; the rest is left unread once it says yes. */
  isFull?: () => boolean;
};

const PIECE_BYTES = 64 * 1024;
/** What a person writes is nested by dozens. The parser's work grows with the square of it. */
const MAX_DEPTH = 2_000;

/** Goes through an XML file. Entities that the file defines itself are not expanded: they stay as they are written. */
export function scanXml(bytes: Uint8Array | undefined, reader: Reader): void {
  if (!bytes) return;
  const parser = shallowParser({ ...reader, isXml: true });
  const decoder = new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8");
  for (let at = 0; at < bytes.length && !reader.isFull?.(); at += PIECE_BYTES) {
    parser.write(decoder.decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true }));
  }
  parser.end();
}

/** An attribute by its name without the prefix. */
export function attribute(attributes: Record<string, string>, name: string): string | undefined {
  return attributes[name] ?? Object.entries(attributes).find(([key]) => localName(key) === name)?.[1];
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** Throws where the markup of a page is nested so deeply that nobody wrote it. */
export function checkDepth(html: string): void {
  shallowParser({ isXml: false }).end(html);
}

function shallowParser({ open, text, close, isXml }: Reader & { isXml: boolean }): Parser {
  let depth = 0;
  return new Parser(
    {
      onopentag: (name, attributes) => {
        depth += 1;
        if (depth > MAX_DEPTH) throw new Unreadable("What is in it is nested too deeply to be read.");
        open?.(localName(name), attributes);
      },
      ontext: text,
      onclosetag: (name) => {
        depth -= 1;
        close?.(localName(name));
      },
    },
    { xmlMode: isXml, decodeEntities: isXml },
  );
}
