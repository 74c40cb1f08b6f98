import { charsetOf, decode } from "./decode.ts";

/** What reading takes: text as it is, a page, or a file that a worker has to open. */
export type Kind =
  | { type: "text"; text: string }
  | { type: "html"; text: string }
  | { type: "pdf" | "zip" }
  | { type: "unreadable"; why: string };

/** How files begin that hold no text that could be had. */
const SIGNATURES: ReadonlyArray<{ start: string; what: string; at?: number }> = [
  { start: "\x89PNG", what: "a picture" },
  { start: "\xff\xd8\xff", what: "a picture" },
  { start: "GIF8", what: "a picture" },
  { start: "BM", what: "a picture" },
  { start: "II*\0", what: "a picture" },
  { start: "MM\0*", what: "a picture" },
  { start: "WEBP", what: "a picture", at: 8 },
  { start: "ftyp", what: "a picture, a recording or a film", at: 4 },
  { start: "RIFF", what: "a recording or a film" },
  { start: "OggS", what: "a recording" },
  { start: "ID3", what: "a recording" },
  { start: "fLaC", what: "a recording" },
  { start: "\x1aE\xdf\xa3", what: "a film" },
  { start: "\x1f\x8b", what: "a packed archive" },
  { start: "7z\xbc\xaf\x27\x1c", what: "a packed archive" },
  { start: "Rar!", what: "a packed archive" },
  { start: "BZh", what: "a packed archive" },
  { start: "\xfd7zXZ", what: "a packed archive" },
  { start: "\x28\xb5\x2f\xfd", what: "a packed archive" },
  { start: "\x7fELF", what: "a program" },
];
/** The container of Office before 2007, and of any Office file that a password locks. */
const OLD_OFFICE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/** A PDF may have something before its mark. */
const PDF_MARK_WITHIN = 1024;

/** What a file is: by its bytes, then by its name, then by what was said of it. */
export function kindOf(given: { bytes: Buffer; name: string | null; mime: string | null }): Kind {
  const { bytes } = given;
  if (bytes.subarray(0, PDF_MARK_WITHIN).includes("%PDF-")) return { type: "pdf" };
  if (startsWith(bytes, "PK\x03\x04") || startsWith(bytes, "PK\x05\x06")) return { type: "zip" };
  if (startsWith(bytes, OLD_OFFICE)) {
    return unreadable("The file is locked by a password or of an Office before 2007, and could not be read.");
  }
  if (startsWith(bytes, "{\\rtf")) return unreadable("The file is rich text (RTF), which cannot be read here.");
  const text = decode(bytes, charsetOf(given.mime) ?? charsetInPage(bytes));
  // Two letters begin a picture and a sentence alike, so what decodes is text.
  const known = SIGNATURES.find(({ start, at = 0 }) => startsWith(bytes, start, at));
  if (known && (text === null || known.start.length > 2)) {
    return unreadable(`The file is ${known.what}; there is no text to read in it.`);
  }
  if (text === null) return unreadable("The file is of a kind that cannot be read here.");
  return { type: isPage(text, given.name, given.mime) ? "html" : "text", text };
}

function unreadable(why: string): Kind {
  return { type: "unreadable", why };
}

function startsWith(bytes: Buffer, start: string, at = 0): boolean {
  return bytes.toString("latin1", at, at + start.length) === start;
}

function isPage(text: string, name: string | null, mime: string | null): boolean {
  if (/^\ufeff?\s{0,1000}(<!doctype\s+html|<html[\s>])/i.test(text.slice(0, 2000))) return true;
  const ending = /\.(\w{1,10})$/.exec(name ?? "")?.[1]?.toLowerCase();
  if (ending !== undefined) return ["html", "htm", "xhtml"].includes(ending);
  return /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(mime ?? "");
}

/** What a page says of its own encoding, which it must say at its beginning. */
function charsetInPage(bytes: Buffer): string | null {
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(bytes.toString("latin1", 0, 4096))?.[1] ?? null;
}
