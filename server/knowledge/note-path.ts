import { createHash } from "node:crypto";

import type { NoteType } from "./schema.ts";

const MAX_SLUG_CHARACTERS = 60;
/** A name of a file has at most 240 bytes (kb/paths.ts), the day before the slug and a number behind it included. */
const MAX_SLUG_BYTES = 200;
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

/** A title as a name for a file, in the letters of its own language. */
function slug(title: string): string {
  const words = title
    .toWellFormed()
    .normalize("NFKC")
    .toLowerCase()
    .replace(/['’\p{Default_Ignorable_Code_Point}]/gu, "")
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "-")
    .replace(/^[-\p{M}]+|-+$/gu, "");
  const cut = shorten(words);
  if (cut === "") return createHash("sha256").update(title).digest("hex").slice(0, 8);
  return DEVICES.test(cut) ? `${cut}-note` : cut;
}

/** At most 60 characters, fewer in a script whose letters take four bytes, ending with a whole word where there is one. */
function shorten(words: string): string {
  const characters = [...words];
  let most = MAX_SLUG_CHARACTERS;
  while (Buffer.byteLength(characters.slice(0, most).join("")) > MAX_SLUG_BYTES) most -= 1;
  if (characters.length <= most) return words;
  const cut = characters.slice(0, most).join("");
  const lastBreak = characters[most] === "-" ? -1 : cut.lastIndexOf("-");
  return (lastBreak > cut.length / 2 ? cut.slice(0, lastBreak) : cut).replace(/-+$/u, "");
}
