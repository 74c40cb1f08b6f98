import { z } from "zod";

import { Category, NoteType, Priority } from "#server/knowledge/schema.ts";
import { Confidence, ProposalKind, ProposalStatus } from "#prisma/enums.ts";

export { Category, Confidence, NoteType, Priority, ProposalKind, ProposalStatus };

/** What kind of saying a task or atom rests on; kept apart because "we could" is not "I will". */
export const Intent = z.enum(["commitment", "request", "idea", "decision", "question", "statement"]);
export type Intent = z.infer<typeof Intent>;

/** What a proposal carries besides title and body: it becomes front matter. */
export const ProposalDetails = z.object({
  noteType: NoteType,
  /** Subject it belongs under, in words; becomes a folder. */
  topic: z.string().trim().max(80).nullable().default(null),
  tags: z.array(z.string().trim().min(1).max(40)).max(12).default([]),
  intent: Intent.default("statement"),
  priority: Priority.nullable().default(null),
  category: Category.nullable().default(null),
  /** Who is to do it: a contributor where one was recognised. */
  assignee: z
    .object({ name: z.string().trim().min(1).max(120), contributorId: z.uuid().nullable() })
    .nullable()
    .default(null),
  /** Calendar day in the space's time zone, yyyy-mm-dd. */
  due: z.iso.date().nullable().default(null),
});
export type ProposalDetails = z.infer<typeof ProposalDetails>;

export const Title = z
  .string()
  .trim()
  .min(1, "A proposal needs a title.")
  .max(200, "A title has at most 200 characters.");
export const Body = z.string().max(20_000, "The text has at most 20,000 characters.");

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

/** Names a proposal and the version that the decider saw; an older one loses. */
const Seen = z.object({ proposalId: z.uuid(), version: z.number().int().positive() });

export const ApproveInput = Seen;
export const RejectInput = Seen.extend({ reason: z.string().trim().max(500).optional() });
export const MergeInput = Seen.extend({
  into: z.discriminatedUnion("type", [
    z.object({ type: z.literal("proposal"), proposalId: z.uuid() }),
    z.object({ type: z.literal("note"), noteId: z.uuid() }),
  ]),
});
export const EditInput = Seen.extend({
  title: Title.optional(),
  body: Body.optional(),
  details: ProposalDetails.partial().optional(),
});
export const UndoInput = Seen;
export const BulkInput = z.object({
  action: z.enum(["approve", "reject", "undo"]),
  reason: z.string().trim().max(500).optional(),
  items: z.array(Seen).min(1).max(200),
});
export const ListInput = z.object({
  status: z.array(z.enum(ProposalStatus)).default(["pending"]),
  kind: z.enum(ProposalKind).optional(),
  runId: z.uuid().optional(),
  search: z.string().trim().max(200).optional(),
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
