import { z } from "zod";

import {
  Category,
  Intent,
  NoteType,
  Priority,
  ProposalKind,
  Recommendation,
  Relation,
} from "#server/proposals/schema.ts";

// What a model is asked to answer with. What it may leave out is null where it does: endpoints that do not hold models to a
// schema get answers that lack what is empty, and that alone is no reason to ask again.

const Quote = z.object({
  message: z.string().describe("The id of the message, e.g. m3."),
  text: z.string().describe("Words of that message, copied exactly."),
});

const Link = z.object({
  relation: Relation,
  to: z.string().describe("The id of a proposal of this answer (p2) or of a known fact (a1)."),
  quote: Quote.nullable().default(null).describe("The words that say so."),
});

const Advice = z.object({
  action: z
    .enum(Recommendation)
    .describe(
      "new: keep it. update: it adds to something known. merge: it is known already. reject: not worth keeping.",
    ),
  of: z.string().nullable().default(null).describe("The id of what it updates or is merged with: a1, t1 or f1."),
  why: z.string().describe("One short sentence."),
});

export const FoundProposal = z.object({
  id: z.string().nullable().default(null).describe("p1, p2 …: what links call it."),
  kind: z
    .enum(ProposalKind)
    .describe("task: someone is to do something. atom: one fact. topic: a subject. note: longer."),
  // The words before what is made of them: a model that has just copied them keeps to them.
  quotes: z.array(Quote).describe("The words it rests on, each from one message."),
  title: z.string().describe("Short, as a person would write it: 'Renew the harbour permit'. No names of askers."),
  body: z.string().describe("One to three sentences: what, who asked whom, by when. Plain text."),
  noteType: NoteType.describe("Task for tasks, Topic for topics; else what the fact is."),
  topic: z.string().nullable().default(null).describe("The subject it belongs under: a known topic where one fits."),
  tags: z.array(z.string()),
  aliases: z.array(z.string()).nullable().default(null).describe("For topics: other names of it in the messages."),
  intent: Intent.describe("How it was said: promised, asked for, thought aloud, agreed, asked, stated."),
  priority: Priority.nullable().default(null),
  category: Category.nullable().default(null),
  assigneeName: z.string().nullable().default(null).describe("Who is to do it, as named in the messages."),
  due: z.string().nullable().default(null).describe("The words of the message: 'by Friday'; or yyyy-mm-dd."),
  links: z.array(Link).nullable().default(null),
  recommendation: Advice.nullable().default(null),
  confidence: z.number().describe("0 to 1: how sure it is that a project manager would keep this."),
  why: z.string().describe("One short sentence: why this was proposed."),
});

/** As a model or the rules engine gives it: nothing in it is believed. */
export type FoundProposal = z.input<typeof FoundProposal>;
