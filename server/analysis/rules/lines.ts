/** Of a longer line the rest is not read; UTF-16 units. */
const LONGEST_LINE = 20_000;

/**
 * The lines of a text as it arrives in pieces: what stands between line feeds, without a carriage return at the end.
 * Any bytes: what is no UTF-8 becomes U+FFFD. A line feed at the very end begins no further line.
 */
export async function* linesOf(pieces: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let line = "";
  let isOpen = false;
  for await (const piece of pieces) {
    const [first = "", ...others] = (typeof piece === "string" ? piece : decoder.decode(piece, { stream: true })).split(
      "\n",
    );
    line = longer(line, first);
    isOpen ||= first !== "" || others.length > 0;
    for (const next of others) {
      yield line.replace(/\r$/u, "");
      line = longer("", next);
      isOpen = next !== "";
    }
  }
  const rest = decoder.decode();
  if (isOpen || rest !== "") yield longer(line, rest).replace(/\r$/u, "");
}

function longer(line: string, more: string): string {
  return line.length >= LONGEST_LINE ? line : (line + more).slice(0, LONGEST_LINE);
}
