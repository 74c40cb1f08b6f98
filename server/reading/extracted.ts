/** What a worker is asked to open. */
export type Task = { kind: "html"; text: string } | { kind: "pdf" | "zip"; bytes: Uint8Array<ArrayBuffer> };

/** What was found in a file, not tidied yet, or why there is nothing. */
export type Extracted =
  | { type: "text"; text: string; title: string | null; isCut: boolean }
  | { type: "unreadable"; why: string };

/** Thrown where a file cannot be read for a reason that a person can be told. Known only within this module. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}
