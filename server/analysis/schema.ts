import { z } from "zod";

import { BatchStatus, RunStatus, RunTrigger } from "#prisma/enums.ts";

export { BatchStatus, RunStatus, RunTrigger };

/** Before there were messages, and the last day that has four digits: what lies outside, Postgres may not know. */
const [EARLIEST, LATEST] = [new Date(0), new Date("9999-12-31T23:59:59.999Z")];
const Moment = z
  .date()
  .min(EARLIEST, "The window lies before 1970. Choose a later day.")
  .max(LATEST, "The window lies after the year 9999. Choose an earlier day.");

/** The window of messages that a run reads: from the start on, up to but without the end. */
export const RunWindow = z
  .object({ windowStart: Moment, windowEnd: Moment })
  .refine((window) => window.windowStart < window.windowEnd, {
    error: "The window ends before it starts. Choose an end after the start.",
    path: ["windowEnd"],
  });

/** Postgres keeps no zeros and no half characters. */
const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0");
const STORABLE = { error: "The text holds characters that no text has. Take them out." };

/** What else can be said of a run before it starts. */
export const RunWishes = z.object({
  /** The chats that it reads; all where there is none. */
  chatIds: z.array(z.uuid()).max(500).default([]),
  /** Whom to ask: a provider of the space, or null for the server's own endpoint. Left out with the model: what the space has chosen. */
  providerId: z.uuid().nullable().default(null),
  model: z.string().trim().min(1).max(200).refine(isStorable, STORABLE).nullable().default(null),
  /** Whether messages that were read before with the same prompt are read once more. */
  readsAgain: z.boolean().default(false),
  /** What it may cost, in US cents: 0 for no limit, null for what the space has set. */
  budgetCents: z.number().int().min(0).max(1_000_000).nullable().default(null),
});
export type RunWishes = z.infer<typeof RunWishes>;

/** How the decisions on a run's proposals came out; stored when it is closed. */
export type RunAccuracy = {
  total: number;
  approved: number;
  rejected: number;
  merged: number;
  /** Approved or merged after a person had changed the words. */
  editedBefore: number;
  /** Of those that people judged, the share that was of use (approved or merged), 0 to 1; null where they judged none. */
  precision: number | null;
  byKind: Record<string, Tally>;
  byConfidence: Record<string, Tally>;
  /** The five below are not there for runs that were closed by an older version. By the model's name, or 'rules'. */
  byModel?: Record<string, Tally>;
  /** By the prompt's key, as runs.prompt_key. */
  byPrompt?: Record<string, Tally>;
  /** How often each reason was given for a rejection; 'none' for those without. */
  rejectCodes?: Record<string, number>;
  /** What it had read or left out without proposing it, and was asked for by a person and approved. */
  missed?: number;
  /** Of all that was of use, the share that it found by itself, 0 to 1; null where nothing was of use. */
  recall?: number | null;
};
export type Tally = { total: number; approved: number; rejected: number; merged: number };

/** Why a message was left out before the model. */
export const SkipReason = z.enum(["no_words", "greeting", "reaction", "bot", "command", "read_before"]);
export type SkipReason = z.infer<typeof SkipReason>;

const Line = (most: number) => z.string().trim().min(1).max(most);
/** What a team told Winnow about its project. Given to every reading, by a model or by rules. */
export const ProjectContext = z.object({
  /** What the project is, in a few sentences. */
  about: z.string().trim().max(4_000).default(""),
  /** Words that say that something matters here. */
  keywords: z.array(Line(60)).max(100).default([]),
  /** What the team's own words mean. */
  glossary: z
    .array(z.object({ term: Line(80), meaning: Line(400) }))
    .max(200)
    .default([]),
  /** The parts of what is built; each is a topic, by its name or one of the others. */
  components: z
    .array(z.object({ name: Line(80), aliases: z.array(Line(80)).max(12).default([]) }))
    .max(100)
    .default([]),
  /** Who is who: what people are called, and what they do. */
  people: z
    .array(
      z.object({
        name: Line(120),
        aliases: z.array(Line(80)).max(12).default([]),
        role: z.string().trim().max(200).default(""),
        contributorId: z.uuid().nullable().default(null),
      }),
    )
    .max(200)
    .default([]),
});
export type ProjectContext = z.infer<typeof ProjectContext>;
