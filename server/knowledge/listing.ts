import { splitNote } from "./front-matter.ts";
import { escapeText } from "./inert.ts";
import { NoteType, type ParsedNote } from "./schema.ts";

// An index.md is a listing: a title, headings, and `* [Title](/path) - description`. It is made from what stands in it
// and the one note that changes, so that a commit does not read the whole folder.

/** A line of a listing. `title` and `description` are Markdown, as they stand in the file. */
export type Entry = { section: string; title: string; path: string; description: string };
export type Listing = { title: string; entries: Entry[] };

const SECTIONS: Record<NoteType, string> = {
  Topic: "About",
  Decision: "Decisions",
  Problem: "Problems",
  Solution: "Solutions",
  Question: "Questions",
  Insight: "Insights",
  Pattern: "Patterns",
  Requirement: "Requirements",
  Risk: "Risks",
  Blocker: "Blockers",
  Note: "Notes",
  Task: "Tasks",
};
const TASK_SECTIONS: Record<string, string> = { open: "Open", done: "Done", dropped: "Dropped" };
export const ROOT_SECTIONS = { topics: "Topics", tasks: "Tasks", notes: "Notes" } as const;
/** The order of headings; unknown ones come last, by name. */
const ORDER = [
  ...Object.values(TASK_SECTIONS),
  ...Object.values(ROOT_SECTIONS).filter((name) => name === "Topics"),
  ...Object.values(SECTIONS),
  "By month",
];
const ENTRY = /^\* \[((?:\\.|[^\\\]])*)\]\(([^)\s]*)\)(?: - (.*))?$/;

/** The line for a note. */
export function entryOf(path: string, note: ParsedNote): Entry {
  const known = NoteType.safeParse(note.type);
  const section = known.success ? SECTIONS[known.data] : "Notes";
  const state = typeof note.frontMatter.state === "string" ? note.frontMatter.state : "open";
  return {
    section: note.type === "Task" && path.startsWith("tasks/") ? (TASK_SECTIONS[state] ?? "Open") : section,
    title: escapeText(note.title),
    path,
    description: escapeText(note.description),
  };
}

/** Reads a listing; lines that are not of its form are not kept. */
export function parseListing(markdown: string): Listing {
  let section = "";
  let title = "";
  const entries: Entry[] = [];
  for (const line of splitNote(markdown).body.split(/\r?\n/)) {
    const [, level = "", heading = ""] = /^(#{1,6}) (.+)$/.exec(line) ?? [];
    const [, name, target, description = ""] = ENTRY.exec(line) ?? [];
    if (level === "#" && title === "") title = heading.trim();
    else if (level !== "") section = heading.trim();
    if (name !== undefined && target !== undefined) {
      entries.push({ section, title: name, path: readTarget(target), description: description.trim() });
    }
  }
  return { title, entries };
}

/** A listing as Markdown. In a folder the newest note comes first, because its name begins with its day. */
export function renderListing({ title, entries }: Listing, order: "by-name" | "newest-first" = "newest-first"): string {
  const sign = order === "by-name" ? 1 : -1;
  const sections = Map.groupBy(entries, (entry) => entry.section);
  const parts = [...sections.keys()].toSorted(bySection).map((section) => {
    const sorted = (sections.get(section) ?? []).toSorted((a, b) => sign * (a.path < b.path ? -1 : 1));
    return `## ${section}\n\n${sorted.map(renderEntry).join("\n")}`;
  });
  return `${[`# ${title}`, ...parts].join("\n\n")}\n`;
}

function renderEntry({ title, path, description }: Entry): string {
  return `* [${title}](${writeTarget(path)})${description === "" ? "" : ` - ${description}`}`;
}

function bySection(a: string, b: string): number {
  const [first, second] = [ORDER.indexOf(a), ORDER.indexOf(b)].map((at) => (at < 0 ? ORDER.length : at));
  return (first ?? 0) - (second ?? 0) || (a < b ? -1 : 1);
}

/** Letters of any language stay readable; whatever could end the link is encoded. */
function writeTarget(path: string): string {
  return `/${path.replace(/[^\p{L}\p{N}\p{M}\-_./]/gu, (character) => encodeURIComponent(character).replace(/[()!'*~]/g, hex))}`;
}

function readTarget(target: string): string {
  try {
    return decodeURIComponent(target).replace(/^\//, "");
  } catch {
    // Not one of ours; taken as it stands, it matches no file and is dropped.
    return target.replace(/^\//, "");
  }
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
