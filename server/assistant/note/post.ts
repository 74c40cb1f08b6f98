import type { PostInput } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";

import type { Addresses } from "../addresses.ts";
import type { RequestResult } from "../schema.ts";
import { button } from "../buttons.ts";
import type { Words } from "../words/index.ts";

type NoteResult = Extract<RequestResult, { type: "note" | "proposed" | "duplicate" }>;

/** What is said of a note: where it is, what is near it, and what can be done with it. */
export function notePost(
  result: NoteResult,
  { words, at, requestId }: { words: Words; at: Addresses; requestId: string },
): PostInput {
  switch (result.type) {
    case "duplicate": {
      const { noteId, title, path } = result.of;
      if (path === "") return { text: `**${words("note.duplicatePending")}**\n\n${escapeText(title)}` };
      const url = noteId ? at.note(noteId) : at.page("knowledge");
      return {
        text: `**${words("note.duplicate")}**\n\n${escapeText(title)}\n\`${path}\``,
        buttons: [[{ label: words("note.button.view"), url }]],
      };
    }
    case "proposed":
      return {
        text: `**${words(result.isMissed ? "note.missed" : "note.proposed")}**\n\n${escapeText(result.title)}`,
        buttons: [[{ label: words("core.button.open"), url: at.proposal(result.proposalId) }]],
      };
    case "note":
      return result.since ? goneNote(result, words) : writtenNote(result, { words, at, requestId });
  }
}

function writtenNote(
  result: Extract<NoteResult, { type: "note" }>,
  { words, at, requestId }: { words: Words; at: Addresses; requestId: string },
): PostInput {
  const { note, related, problems } = result;
  const near = related.map((each) => `- ${linkTo(each, at)}`);
  const parts = [
    `**${words("note.done")}: ${escapeText(note.title)}**\n\`${note.path}\``,
    near.length > 0 ? `${words("note.related")}\n\n${near.join("\n")}` : "",
    ...problems.map((problem) => escapeText(problem)),
    [words("core.took", { seconds: result.tookMs / 1000 }), result.fellBack ? words("core.fellBack") : ""]
      .filter(Boolean)
      .join(" · "),
  ];
  const view = note.noteId ? [{ label: words("note.button.view"), url: at.note(note.noteId) }] : [];
  return {
    text: parts.filter(Boolean).join("\n\n"),
    buttons: [
      [...view, button(words("note.button.edit"), { do: "note.edit", requestId })],
      [
        button(words("core.button.undo"), { do: "request.undo", requestId }),
        button(words("note.button.delete"), { do: "note.delete", requestId, isSure: false }),
      ],
    ],
  };
}

function goneNote({ note, since }: Extract<NoteResult, { type: "note" }>, words: Words): PostInput {
  const what = since === "deleted" ? words("note.deleted") : words("note.undone");
  return { text: `**${what}: ${escapeText(note.title)}**\n\`${note.path}\`` };
}

function linkTo({ noteId, title }: { noteId: string | null; title: string }, at: Addresses): string {
  return noteId ? `[${escapeText(title)}](${at.note(noteId)})` : escapeText(title);
}
