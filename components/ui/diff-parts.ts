import { diffLines, diffWordsWithSpace } from "diff";

/** A run of text that stays, came in or went. */
export type DiffPart = { value: string; change: "same" | "added" | "removed" };
/** What is shown of a difference: text, or the place of lines that nobody changed. */
export type ShownPart = DiffPart | { hiddenLines: number };

/** Nobody waits longer for a picture of a change. */
const TIMEOUT_MS = 400;
/** Unchanged lines that stay around a change. */
const CONTEXT_LINES = 3;

/** What differs between two texts: word by word, of very different long ones line by line. */
export function diffParts(before: string, after: string): DiffPart[] {
  const parts =
    diffWordsWithSpace(before, after, { timeout: TIMEOUT_MS }) ??
    diffLines(before, after, { timeout: TIMEOUT_MS }) ??
    wholly(before, after);
  return parts.map(({ value, added, removed }) => ({
    value,
    change: added ? "added" : removed ? "removed" : "same",
  }));
}

/** Only what changed, with a few lines around it. */
export function foldedParts(parts: readonly DiffPart[]): ShownPart[] {
  return parts.flatMap((part, index): ShownPart[] => {
    if (part.change !== "same") return [part];
    const lines = part.value.split("\n");
    const head = index === 0 ? 0 : CONTEXT_LINES;
    const tail = index === parts.length - 1 ? 0 : CONTEXT_LINES;
    const hiddenLines = lines.length - head - tail;
    // A gap takes a line itself.
    if (hiddenLines < 2) return [part];
    const kept = (value: string): ShownPart[] => (value === "" ? [] : [{ value, change: "same" }]);
    return [
      ...kept(lines.slice(0, head).join("\n")),
      { hiddenLines },
      ...kept(lines.slice(lines.length - tail, lines.length).join("\n")),
    ];
  });
}

const wholly = (before: string, after: string) => [
  { value: before, removed: true, added: false },
  { value: after, removed: false, added: true },
];
