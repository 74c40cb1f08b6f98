import { z } from "zod";

import { Category, CommitHash, NoteType, Priority } from "#server/knowledge/schema.ts";
import { Confidence, ProposalKind, ProposalStatus } from "#prisma/enums.ts";

export { Category, Confidence, NoteType, Priority, ProposalKind, ProposalStatus };

/** What kind of saying a task or atom rests on; kept apart because "we could" is not "I will". */
export const Intent = z.enum(["commitment", "request", "idea", "decision", "question", "statement"]);
export type Intent = z.infer<typeof Intent>;

/** What can be kept: Postgres holds neither the character 0 nor half of a character. */
const Text = z
  .string()
  .refine(
    (text) => text.isWellFormed() && !text.includes("\0"),
    "The text has a character that cannot be kept: the character 0, or half of one. Take it out, then try again.",
  );

const DETAILS = {
  noteType: NoteType,
  /** Subject it belongs under, in words; becomes a folder. */
  topic: Text.trim().max(80).nullable(),
  tags: z.array(Text.trim().min(1).max(40)).max(12),
  intent: Intent,
  priority: Priority.nullable(),
  category: Category.nullable(),
  /** Who is to do it: a contributor where one was recognised. */
  assignee: z.object({ name: Text.trim().min(1).max(120), contributorId: z.uuid().nullable() }).nullable(),
  /** Calendar day in the space's time zone, yyyy-mm-dd. */
  due: z.iso.date().nullable(),
};

/** What a proposal carries besides title and body: it becomes front matter. */
export const ProposalDetails = z.object({
  ...DETAILS,
  topic: DETAILS.topic.default(null),
  tags: DETAILS.tags.default([]),
  intent: DETAILS.intent.default("statement"),
  priority: DETAILS.priority.default(null),
  category: DETAILS.category.default(null),
  assignee: DETAILS.assignee.default(null),
  due: DETAILS.due.default(null),
});
export type ProposalDetails = z.infer<typeof ProposalDetails>;

export const Title = Text.trim().min(1, "A proposal needs a title.").max(200, "A title has at most 200 characters.");
export const Body = Text.max(20_000, "The text has at most 20,000 characters.");

/** A quote whose place in its message was checked by code. Offsets are UTF-16 units, end exclusive. */
export type CheckedQuote = { messageId: string; revision: number; start: number; end: number; quote: string };

/** What extraction hands over for a person to decide. */
export type NewProposal = {
  kind: ProposalKind;
  title: string;
  body: string;
  details: ProposalDetails;
  confidence: Confidence;
  /** Why this band, as short sentences. */
  reasons: string[];
  /** Empty: shown with the mark "no evidence". */
  evidence: CheckedQuote[];
};

/** As high as a version can count: an `int` of Postgres. */
const MAX_VERSION = 2 ** 31 - 1;
/** Names a proposal and the version that the decider saw; an older one loses. */
const Seen = z.object({ proposalId: z.uuid(), version: z.number().int().positive().max(MAX_VERSION) });
const Reason = Text.trim().max(500).optional();
/** Words to look for; the character 0 stands in no text. */
export const Search = z
  .string()
  .max(200)
  .transform((words) => words.replaceAll("\0", " ").trim())
  .optional();

export const ApproveInput = Seen;
export const RejectInput = Seen.extend({ reason: Reason });
export const MergeInput = Seen.extend({
  into: z.discriminatedUnion("type", [
    z.object({ type: z.literal("proposal"), proposalId: z.uuid() }),
    z.object({ type: z.literal("note"), noteId: z.uuid() }),
  ]),
});
export const EditInput = Seen.extend({
  title: Title.optional(),
  body: Body.optional(),
  /** Only what changes. Without defaults, which would put back what is not named. */
  details: z.object(DETAILS).partial().optional(),
});
export const UndoInput = Seen.extend({ reason: Reason });
export const RevertInput = z.object({
  commitHash: CommitHash,
  /** Of a commit that holds several notes, only what concerns this file. */
  path: z.string().max(1_000).optional(),
});
export const BulkInput = z.object({
  action: z.enum(["approve", "reject", "undo"]),
  reason: Reason,
  items: z.array(Seen).min(1).max(200),
});
export const ListInput = z.object({
  status: z.array(z.enum(ProposalStatus)).default(["pending"]),
  kind: z.enum(ProposalKind).optional(),
  runId: z.uuid().optional(),
  search: Search,
  cursor: z.uuid().optional(),
  limit: z.number().int().min(1).max(200).default(50),
});

/** The reasons offered for a rejection, in the order of keys 1 to 6. */
export const REJECT_REASONS = [
  "Not for us",
  "Already known",
  "Already done",
  "Misunderstood",
  "Too vague",
  "Just talk",
] as const;
