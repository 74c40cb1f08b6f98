import { z } from "zod";

/** The `type` in the front matter of a note. */
export const NoteType = z.enum([
  "Task",
  "Topic",
  "Note",
  "Problem",
  "Solution",
  "Decision",
  "Question",
  "Insight",
  "Pattern",
  "Requirement",
  "Risk",
  "Blocker",
]);
export type NoteType = z.infer<typeof NoteType>;

export const Priority = z.enum(["low", "medium", "high", "critical"]);
export type Priority = z.infer<typeof Priority>;
export const Category = z.enum(["bug", "feature", "improvement", "question", "chore", "docs"]);
export type Category = z.infer<typeof Category>;

/** What one atom says of another: "this solves that". */
export const Relation = z.enum(["solves", "contradicts", "supports", "refines", "depends_on", "continues"]);
export type Relation = z.infer<typeof Relation>;
/** The types of notes that are one fact under a topic. */
export const ATOM_TYPES = [
  "Problem",
  "Solution",
  "Decision",
  "Question",
  "Insight",
  "Pattern",
  "Requirement",
  "Risk",
  "Blocker",
] as const satisfies readonly NoteType[];

export const NoteStatus = z.enum(["draft", "stable", "deprecated"]);
export type NoteStatus = z.infer<typeof NoteStatus>;
export const TaskState = z.enum(["open", "done", "dropped"]);
export type TaskState = z.infer<typeof TaskState>;

/** A message that a note rests on. */
export type NoteSource = {
  messageId: string;
  /** Where the message can be opened, or null where it cannot. */
  resource: string | null;
  /** The chat and the day, in words. */
  title: string;
  /** `ref` in one word, e.g. `human:tg-123`; `name` for people. */
  author: { ref: string; name: string };
  /** The exact words, as plain text. */
  quote: string;
  at: Date;
};

/** Someone who approved a note. `ref` in one word, e.g. `human:<user id>`. */
export type NoteVerifier = { ref: string; name: string; at: Date };

/** All that a note is made from. */
export type NoteDraft = {
  type: NoteType;
  title: string;
  /** One sentence, for listings and search. */
  description: string;
  /** Markdown. HTML, images and odd links in it are made harmless; footnotes are added from `sources`. */
  body: string;
  /** The subject it belongs under, in words, or null. */
  topic: string | null;
  tags: string[];
  /** Every message that it rests on, in order. */
  sources: NoteSource[];
  /** Pages of the web that it rests on. */
  pages?: Array<{ resource: string; title: string }>;
  /** `rules` or the model's name. */
  generatedBy: string;
  generatedAt: Date;
  verifiedBy: NoteVerifier | null;
  /** `stable` when not given. */
  status?: NoteStatus;
  /** What it says of other notes; `to` is the path of a file, without the slash in front. */
  links?: Array<{ relation: Relation; to: string }>;
  /** For a topic: its other names. */
  aliases?: string[];
  /** yyyy-mm-dd. */
  staleAfter?: string | null;
  /** For a note of type Task. */
  task?: {
    priority: Priority | null;
    category: Category | null;
    assignee: { ref: string | null; name: string } | null;
    /** yyyy-mm-dd. */
    due: string | null;
    state: TaskState;
  };
};

/** Postgres and git keep no zeros and no half characters. */
const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0");
const STORABLE = { error: "The text holds characters that no text has. Take them out." };
export const CommitHash = z.string().regex(/^[0-9a-f]{40}$/, {
  error: "It is the id of a commit: 40 digits and letters from a to f.",
});
const NotePath = z.string().min(1).max(1_000).refine(isStorable, STORABLE);
/** A note has at most 1 MiB. */
const NoteText = z.string().max(1_048_576).refine(isStorable, STORABLE);

export const CreateNoteInput = z.object({
  type: NoteType.exclude(["Task"]),
  title: z.string().trim().min(1).max(300).refine(isStorable, STORABLE),
  body: NoteText,
  topic: z.string().trim().max(200).refine(isStorable, STORABLE).nullable(),
  tags: z.array(z.string().trim().min(1).max(60).refine(isStorable, STORABLE)).max(20),
});
export const EditNoteInput = z.object({
  noteId: z.uuid(),
  /** The commit that the text was read at: what others wrote since is merged, or becomes a conflict for a person. */
  base: CommitHash,
  /** The whole file. */
  content: NoteText,
});
export const MoveNoteInput = z.object({ noteId: z.uuid(), path: NotePath });
export const DeleteNoteInput = z.object({ noteId: z.uuid() });

/** The folder of a topic under topics/. */
const TopicSlug = z
  .string()
  .min(1)
  .max(200)
  .refine((slug) => isStorable(slug) && !slug.includes("/") && slug !== "." && slug !== "..", {
    error: "It is the name of a folder under topics/.",
  });
const TopicWords = {
  name: z.string().trim().min(1).max(200).refine(isStorable, STORABLE),
  description: z.string().trim().max(500).refine(isStorable, STORABLE),
  aliases: z.array(z.string().trim().min(1).max(80).refine(isStorable, STORABLE)).max(20),
};
export const EditTopicInput = z.object({ topicId: z.uuid(), ...TopicWords });
export const MergeTopicsInput = z.object({ topicId: z.uuid(), intoId: z.uuid() });

/** How far a note can be relied on: approved by a person, by nobody yet, still a draft, or no longer so. */
export const Trust = z.enum(["verified", "unverified", "draft", "deprecated"]);
export type Trust = z.infer<typeof Trust>;

const Chosen = z.array(z.string().max(200).refine(isStorable, STORABLE)).max(50).optional();
/** A day that Postgres knows too: there was no year 0. */
const Day = z.iso
  .date()
  .refine((day) => !day.startsWith("0000"), { error: "There is no such day. Choose another one." });
/** What a search leaves out. Of several values of one kind any will do; of several kinds all must. */
export const SearchFilters = z.object({
  /** Types of notes. */
  types: Chosen,
  /** Folders under topics/. */
  topics: Chosen,
  tags: Chosen,
  /** As sources name them, e.g. `human:tg-123`. */
  authors: Chosen,
  trust: z.array(Trust).max(4).optional(),
  /** Those whose day has passed, or those whose day has not. */
  stale: z.boolean().optional(),
  /** Days of the last commit, yyyy-mm-dd, both included. */
  from: Day.optional(),
  to: Day.optional(),
});
export type SearchFilters = z.infer<typeof SearchFilters>;
export const SearchInput = z.object({
  /** Any text; with none, all notes that the filters leave, the newest first. */
  query: z.string().max(1_000),
  filters: SearchFilters.optional(),
  /** So many were shown already. */
  cursor: z.number().int().min(0).max(1_000).optional(),
  limit: z.number().int().min(1).max(100).optional(),
});

/** What a person asked to be done with the files, as the row of the operation keeps it. */
export const NoteRequest = z.discriminatedUnion("action", [
  CreateNoteInput.extend({ action: z.literal("create"), at: z.iso.datetime() }),
  z.object({ action: z.literal("edit"), path: NotePath, base: CommitHash, content: NoteText }),
  z.object({ action: z.literal("move"), path: NotePath, to: NotePath }),
  z.object({ action: z.literal("delete"), path: NotePath }),
  z.object({
    action: z.literal("topic"),
    slug: TopicSlug,
    ...TopicWords,
    at: z.iso.datetime(),
  }),
  z.object({ action: z.literal("merge_topics"), from: TopicSlug, into: TopicSlug, at: z.iso.datetime() }),
  z.object({
    action: z.literal("revert"),
    commitHash: CommitHash,
    /** Only this file of it; all of them when not given. */
    path: NotePath.optional(),
  }),
]);
export type NoteRequest = z.infer<typeof NoteRequest>;

/** A source as it stands in a file. */
export type ParsedSource = {
  /** The footnote, e.g. `m1`. */
  id: string;
  resource: string | null;
  title: string | null;
  author: string | null;
  /** Null for a source that Winnow did not write. */
  messageId: string | null;
};

/** A note as it stands in a file; also a file written by hand, so nothing is certain. */
export type ParsedNote = {
  type: string;
  title: string;
  description: string;
  topic: string | null;
  tags: string[];
  status: string | null;
  /** yyyy-mm-dd. */
  staleAfter: string | null;
  /** What it says of other notes; `to` is a path without the slash in front. */
  links: Array<{ relation: Relation; to: string }>;
  /** Other names of the topic that it is about. */
  aliases: string[];
  sources: ParsedSource[];
  verified: Array<{ by: string; name: string | null; at: string | null }>;
  generatedBy: string | null;
  /** The front matter as plain data. */
  frontMatter: Record<string, unknown>;
  /** All Markdown below the front matter. */
  body: string;
  /** The body without the evidence that Winnow adds below it: what a draft would have as its body. */
  text: string;
};

/** What Markdown gives a meaning to, where no backslash takes it away: the same as inert.ts escapes. */
const MARK = /\\[!-/:-@[-`{-~]|[*~`<[\]|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|(?<=[\w.+-])@|(?<=\n)[-=](?!\s)/gu;
/** Readers of Markdown take time with the square of the marks in one block: with a thousand a moment, with ten thousand a minute. */
const MAX_MARKS = 1_000;

/** Whether a block of Markdown (what stands between blank lines) has so many marks that reading it would take all too long. */
export function isTangled(block: string): boolean {
  let marks = 0;
  for (const [mark] of block.matchAll(MARK)) if (mark.length === 1 && (marks += 1) > MAX_MARKS) return true;
  return false;
}

/** Markdown as its blocks, with what stands between them at the odd places. */
export function blocksOf(markdown: string): string[] {
  return markdown.split(/(\n(?:[^\S\n]*\n)+)/);
}
