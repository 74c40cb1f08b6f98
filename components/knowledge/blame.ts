import type { BlameRange } from "./note.ts";

/** The lines of a file that one commit brought, apart from the data at its top. */
export type Blame = { head: BlameRange[]; body: BlameRange[] };

/** Splits a file where its front matter ends: what brought lines of both is in both. */
export function splitBlame(ranges: readonly BlameRange[]): Blame {
  const end = endOfFrontMatter(ranges);
  return {
    head: ranges.flatMap((range) => part(range, 1, end)),
    body: ranges
      .flatMap((range) => part(range, end + 1, Number.POSITIVE_INFINITY))
      .filter((range, index) => index > 0 || !isBlank(range)),
  };
}

/** The number of the line that closes the front matter; 0 where there is none. */
function endOfFrontMatter(ranges: readonly BlameRange[]): number {
  const lines = ranges.flatMap((range) => range.lines);
  if (lines[0]?.trimEnd() !== "---") return 0;
  const close = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
  return close + 1;
}

function part(range: BlameRange, from: number, to: number): BlameRange[] {
  const lines = range.lines.filter((_, index) => range.firstLine + index >= from && range.firstLine + index <= to);
  return lines.length > 0 ? [{ ...range, firstLine: Math.max(range.firstLine, from), lines }] : [];
}

const isBlank = ({ lines }: BlameRange) => lines.every((line) => line.trim() === "");
