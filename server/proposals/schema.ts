import { z } from "zod";

import { Category, CommitHash, NoteType, Priority, Relation } from "#server/knowledge/schema.ts";
import { Confidence, ProposalKind, ProposalStatus, Recommendation, RejectCode } from "#prisma/enums.ts";

export { Category, Confidence, NoteType, Priority, ProposalKind, ProposalStatus, Recommendation, RejectCode, Relation };

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
  /** Calendar day in the chat's time zone, yyyy-mm-dd. */
  due: z.iso.date().nullable(),
  /** What it says of a note or of another proposal; kept in the note's front matter once both are notes. */
  links: z
    .array(
      z.object({
        relation: Relation,
        to: z.object({ type: z.enum(["note", "proposal"]), id: z.uuid() }),
        /** The other's title at that time. */
        title: Text.trim().max(200),
      }),
    )
    .max(12),
  /** For a topic: its other names. */
  aliases: z.array(Text.trim().min(1).max(80)).max(12),
  /** A note that is no longer so: with the approval it becomes `deprecated`. */
  retires: z.object({ noteId: z.uuid(), title: Text.trim().max(300) }).nullable(),
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
  links: DETAILS.links.default([]),
  aliases: DETAILS.aliases.default([]),
  retires: DETAILS.retires.default(null),
});
export type ProposalDetails = z.infer<typeof ProposalDetails>;

export const Title = Text.trim().min(1, "A proposal needs a title.").max(200, "A title has at most 200 characters.");
export const Body = Text.max(20_000, "The text has at most 20,000 characters.");

/** A quote whose place in its message was checked by code. Offsets are UTF-16 units, end exclusive. */
export type CheckedQuote = { messageId: string; revision: number; start: number; end: number; quote: string };

/** What extraction hands over for a person to decide. */
export type NewProposal = {
  /** Where others that come with it link to it; a new one unless given. */
  id?: string;
  kind: ProposalKind;
  title: string;
  body: string;
  details: ProposalDetails;
  confidence: Confidence;
  /** Why this band, as short sentences. */
  reasons: string[];
  /** The model's own figure of how sure it is, 0 to 1; null where nobody gave one. */
  sureness?: number | null;
  /** What whoever proposed it would do with it, and why in a sentence; a new note unless given. */
  recommendation?: { action: Recommendation; why: string | null };
  /** Empty: shown with the mark "no evidence". */
  evidence: CheckedQuote[];
};

/** Something like a proposal that is there already. */
export const SimilarThing = z.object({
  type: z.enum(["note", "proposal", "topic"]),
  id: z.uuid(),
  title: z.string(),
  /** The note's type, or what a proposal would become. */
  noteType: z.string(),
  /** How alike, 0 to 1. */
  score: z.number().min(0).max(1),
  /** In short words, e.g. "title 82 % alike", "quotes the same message". */
  why: z.array(z.string()),
});
export type SimilarThing = z.infer<typeof SimilarThing>;

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
/** Why it is rejected: one of the six, words of one's own, both or neither. */
export const RejectInput = Seen.extend({ code: z.enum(RejectCode).optional(), reason: Reason });
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
  /** For a rejection. */
  code: z.enum(RejectCode).optional(),
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

/** What a proposal must be for a rule to approve it. An empty list asks nothing. */
export const RuleConditions = z.object({
  kinds: z.array(z.enum(ProposalKind)).max(8).default([]),
  confidence: z.array(z.enum(Confidence)).max(3).default([]),
  noteTypes: z.array(NoteType).max(20).default([]),
  categories: z.array(Category).max(10).default([]),
  /** Each quote is from one of these. */
  chatIds: z.array(z.uuid()).max(100).default([]),
  leastQuotes: z.number().int().min(1).max(20).default(1),
  /** So many people say it. */
  leastPeople: z.number().int().min(1).max(20).default(1),
  /** The model's own figure, 0 to 1; null asks for none. */
  leastSureness: z.number().min(0).max(1).nullable().default(null),
  /** `rules`, or a model's name. */
  generatedBy: z.array(Text.max(200)).max(20).default([]),
  /** Nothing that was there already may be more like it than this, 0 to 1. */
  mostSimilar: z.number().min(0).max(1).default(0.5),
});
export type RuleConditions = z.infer<typeof RuleConditions>;

/** What a rule would have done with the decisions that people made last. */
export const Backtest = z.object({
  /** The oldest of them; null without any. */
  from: z.iso.datetime().nullable(),
  decisions: z.number().int(),
  wouldApprove: z.number().int(),
  /** Of those, the ones that people approved as they stood. */
  ofThoseApproved: z.number().int(),
  /** The share of these, 0 to 1; null where it would have approved none. */
  precision: z.number().nullable(),
  /** Some of those that people rejected, merged or changed first. */
  examplesWrong: z.array(z.uuid()),
});
export type Backtest = z.infer<typeof Backtest>;

/** A rule is judged by at least so many decisions before it is saved. */
export const LEAST_DECISIONS = 20;
export const SaveRuleInput = z.object({
  /** A rule that is there already; a new one without. */
  ruleId: z.uuid().optional(),
  name: Text.trim().min(1, "A rule needs a name.").max(80, "A name has at most 80 characters."),
  conditions: RuleConditions,
  /** So many of a hundred that it approves are looked at afterwards. */
  auditShare: z.number().int().min(5).max(100).default(20),
  /** Below so many right ones of a hundred it is switched off. */
  leastPrecision: z.number().int().min(50).max(100).default(95),
});
export const SwitchRuleInput = z.object({ ruleId: z.uuid(), isOn: z.boolean() });
export const VerdictInput = z.object({ proposalId: z.uuid(), wasRight: z.boolean() });

/** The reasons offered for a rejection, in the order of keys 1 to 6. */
export const REJECT_REASONS = [
  { code: "not_a_task", words: "Not a task" },
  { code: "duplicate", words: "Duplicate" },
  { code: "wrong", words: "Wrong" },
  { code: "too_vague", words: "Too vague" },
  { code: "done_already", words: "Done already" },
  { code: "other", words: "Other" },
] as const satisfies ReadonlyArray<{ code: RejectCode; words: string }>;

/** A reason for a rejection, in words. */
export function wordsOfCode(code: RejectCode): string {
  return REJECT_REASONS.find((reason) => reason.code === code)?.words ?? code;
}
