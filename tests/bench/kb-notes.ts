import { parseNote, renderNote } from "#server/knowledge/index.ts";
import { renderListing, ROOT_SECTIONS } from "#server/knowledge/listing.ts";
import { notePathFor } from "#server/knowledge/note-path.ts";
import type { NoteDraft } from "#server/knowledge/schema.ts";

const NOTES_IN_A_FOLDER = 200;
const AT = new Date("2026-03-02T09:30:00Z");
const NUMBER = "NUMBER";

const topicOf = (folder: number) => `Topic ${String(folder).padStart(3, "0")}`;

/** A note as an approval makes one: a decision with two sources, about 1.6 KB as a file. */
export function draftOf(name: number | string, folder: number): NoteDraft {
  const source = (at: number, quote: string) => ({
    messageId: `0199a1b2-c3d4-7e5f-8a9b-00000000000${at}`,
    resource: `https://t.me/c/1777000111/${at}42`,
    title: "Harbour team, 2026-03-02",
    author: { ref: `human:tg-7770${at}`, name: at === 1 ? "Nora Field" : "Vera Lind" },
    quote,
    at: AT,
  });
  return {
    type: "Decision",
    title: `Berth ${name} gets its own power supply`,
    description: `Berth ${name} is connected to the harbour's own supply before the season, so that no ship runs its engine at night.`,
    body: [
      `Berth ${name} is connected to the harbour's own supply before the season begins.`,
      "The ships that lie there overnight ran their engines so far, and the people who live on the quay complained about it twice.",
      "## What follows from it\n\n- The cable is laid from the north shed, because the old duct is full.\n- Until then the night berths are given to ships with batteries.\n- The price for a night goes up by the cost of the power, and is announced four weeks ahead.",
    ].join("\n\n"),
    topic: topicOf(folder),
    tags: ["harbour", "power"],
    sources: [
      source(1, "then we lay our own cable, and that is that"),
      source(2, "fine with me, but not through the old duct"),
    ],
    generatedBy: "rules",
    generatedAt: AT,
    verifiedBy: { ref: "human:0199a1b2-c3d4-7e5f-8a9b-0123456789ab", name: "Vera Lind", at: AT },
  };
}

/** How many folders a knowledge base of this size has. */
export function foldersOf(size: number): number {
  return Math.ceil(size / NOTES_IN_A_FOLDER);
}

/** All files of a knowledge base of this size, the listings as Winnow itself would have written them. */
export function filledFiles(size: number): Array<{ path: string; content: string }> {
  // What is the same in each of them, with one word for what differs.
  const content = renderNote(draftOf(NUMBER, 0));
  const parsed = parseNote(content);
  const notes = Array.from({ length: size }, (_, at) => {
    const number = String(at).padStart(5, "0");
    const folder = at % foldersOf(size);
    return { number, folder, path: notePathFor({ ...draftOf(number, folder), at: AT }) };
  });
  const files = notes.map(({ path, number, folder }) => ({
    path,
    content: content.replaceAll(NUMBER, number).replace(topicOf(0), topicOf(folder)),
  }));
  const listings = [...Map.groupBy(notes, (note) => note.folder)].map(([folder, inFolder]) => ({
    path: inFolder[0]!.path.replace(/[^/]+$/, "index.md"),
    title: topicOf(folder),
    entries: inFolder.map(({ path, number }) => ({
      section: "Decisions",
      title: parsed.title.replace(NUMBER, number),
      path,
      description: parsed.description.replace(NUMBER, number),
    })),
  }));
  const topics = listings.map(({ path, title }) => ({ section: ROOT_SECTIONS.topics, title, path, description: "" }));
  const root = `---\nokf_version: "0.2"\n---\n\n${renderListing({ title: "Knowledge base", entries: topics }, "by-name")}`;
  return [
    ...files,
    ...listings.map((listing) => ({ path: listing.path, content: renderListing(listing) })),
    { path: "index.md", content: root },
  ];
}
