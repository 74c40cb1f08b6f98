import { createHash } from "node:crypto";

import anyAscii from "any-ascii";

import type { NoteType } from "./schema.ts";

const MAX_SLUG_CHARACTERS = 80;
/** Names that Windows keeps for devices; a folder of that name could not be opened there. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;
const NO_TOPIC = "general";

/** Where a note belongs, before collisions: `tasks/<day>-<slug>.md` or `topics/<topic>/<day>-<slug>.md`. The day is that of `at` in UTC. */
export function notePathFor(note: { type: NoteType; topic: string | null; title: string; at: Date }): string {
  const name = `${note.at.toISOString().slice(0, 10)}-${slug(note.title)}.md`;
  if (note.type === "Task") return `tasks/${name}`;
  const topic = note.topic ?? (note.type === "Topic" ? note.title : null);
  return `topics/${topic === null ? NO_TOPIC : slug(topic)}/${name}`;
}

/** A title as a name for a file: the letters that every disk, address and terminal takes, whatever its script. */
function slug(title: string): string {
  const shown = title
    // What cannot be seen in the title must not come to light in the name: tag characters would, as letters.
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .normalize("NFKC")
    // Each of these is a word, and nothing else says where it ends.
    .replace(/\p{Script=Han}/gu, " $& ");
  const words = anyAscii(shown)
    .toLowerCase()
    .replaceAll("'", "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  const cut = shorten(words);
  // Signs that no letters stand for: the name says nothing, but it is always the same.
  if (cut === "") return createHash("sha256").update(title).digest("hex").slice(0, 8);
  return DEVICES.test(cut) ? `${cut}-note` : cut;
}

/** At most 80 characters, ending with a whole word where there is one. */
function shorten(words: string): string {
  if (words.length <= MAX_SLUG_CHARACTERS) return words;
  const lastBreak = words.lastIndexOf("-", MAX_SLUG_CHARACTERS);
  return words.slice(0, lastBreak === -1 ? MAX_SLUG_CHARACTERS : lastBreak);
}
