/** How many bytes are looked at to tell text from anything else. */
const LOOK_BYTES = 64 * 1024;
/** Of a text in an old one-byte encoding, how much may be control characters. */
const MAX_CONTROL_SHARE = 0.01;

/**
 * The text in bytes: by its mark of order, as UTF-8, by what is said of it, or as windows-1251, in which Russian was
 * written before. A character that is cut off at the end is left out.
 * @param said a name of an encoding, as a header or the page itself gives it
 * @returns null where it is no text
 */
export function decode(bytes: Uint8Array, said: string | null): string | null {
  const marked = markedEncoding(bytes);
  if (marked) return new TextDecoder(marked).decode(bytes, { stream: true });
  if (bytes.subarray(0, LOOK_BYTES).includes(0)) return null;
  const utf8 = decodeStrictly(bytes, "utf-8");
  if (utf8 !== null) return utf8;
  if (!looksLikeText(bytes)) return null;
  return (said === null ? null : decodeStrictly(bytes, said)) ?? new TextDecoder("windows-1251").decode(bytes);
}

/** The encoding that a content type names: `text/html; charset=koi8-r`. */
export function charsetOf(mime: string | null): string | null {
  return /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(mime ?? "")?.[1] ?? null;
}

function markedEncoding(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return null;
}

function decodeStrictly(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    // Another encoding, or one that nobody knows.
    return null;
  }
}

function looksLikeText(bytes: Uint8Array): boolean {
  const seen = bytes.subarray(0, LOOK_BYTES);
  const controls = seen.reduce((sum, byte) => sum + (byte < 9 || (byte > 13 && byte < 32) || byte === 127 ? 1 : 0), 0);
  return controls <= seen.length * MAX_CONTROL_SHARE;
}
