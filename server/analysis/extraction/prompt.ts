import { z } from "zod";

import { defineDecision, tagged } from "#server/llm/index.ts";
import { Category, Intent, NoteType, Priority, ProposalKind } from "#server/proposals/schema.ts";

import { findByRules } from "../rules/find.ts";

/** A message as extraction sees it. */
export type SeenMessage = {
  /** `m1`, `m2` … in the order of the window: what quotes name. */
  label: string;
  text: string;
  sentAt: Date;
  author: { contributorId: string | null; name: string; username: string | null; isBot: boolean };
  /** Label of the message it answers, null where that is not in the window or there is none. */
  replyTo: string | null;
  forwardedFrom: string | null;
};

export type ExtractInput = { chatTitle: string; timeZone: string; messages: SeenMessage[] };

const FoundProposal = z.object({
  kind: z
    .enum(ProposalKind)
    .describe("task: someone is to do something. atom: one fact. topic: a subject. note: longer."),
  title: z.string().describe("Short, as a person would write it: 'Renew the harbour permit'. No names of askers."),
  body: z.string().describe("One to three sentences: what, who asked whom, by when. Plain text."),
  noteType: NoteType.describe("Task for tasks, Topic for topics; else what the fact is."),
  topic: z.string().nullable().describe("The subject it belongs under, two or three words."),
  tags: z.array(z.string()),
  intent: Intent,
  priority: Priority.nullable(),
  category: Category.nullable(),
  assigneeName: z.string().nullable().describe("Who is to do it, as named in the messages."),
  due: z.string().nullable().describe("yyyy-mm-dd, or the words of the message: 'by Friday'."),
  confidence: z.number().describe("0 to 1: how sure it is that a project manager would keep this."),
  why: z.string().describe("One short sentence: why this was proposed."),
  quotes: z
    .array(z.object({ message: z.string().describe("The id of the message."), text: z.string() }))
    .describe("The words it rests on, copied exactly, each from one message."),
});
export type FoundProposal = z.infer<typeof FoundProposal>;

/** What is found in one batch of messages. */
export const extractProposals = defineDecision({
  useCase: "analysis.extract",
  version: 1,
  trust: "untrusted",
  output: z.object({ proposals: z.array(FoundProposal) }),
  system: `You read a team's chat and find what a project manager would want to keep: tasks that someone is to do, decisions,
problems, solutions, open questions, requirements, risks, blockers, insights. Leave out greetings, thanks, jokes, small talk and what is already done.

Rules:
- Propose only what the messages say. An empty list is a good answer.
- One proposal for one thing: a request and the promise that answers it are one task; a decision and those who agree are one decision.
- Each proposal quotes the exact words it rests on, copied character by character from one message, shortened to what matters. A quote that is not found in its message is thrown away.
- Name an owner or a date only where the messages do.
- Write titles and bodies in the language of the messages.`,
  prompt: ({ chatTitle, timeZone, messages }: ExtractInput) => {
    const blocks = messages.map((message) =>
      tagged(
        "message",
        {
          id: message.label,
          author: authorLine(message.author),
          time: message.sentAt.toISOString(),
          reply_to: message.replyTo,
          forwarded_from: message.forwardedFrom,
        },
        message.text,
        FENCES,
      ),
    );
    return [
      `Times are UTC; the team's time zone is ${timeZone}.`,
      tagged("chat", {}, chatTitle, FENCES),
      "<messages>",
      ...blocks,
      "</messages>",
    ].join("\n");
  },
  rules: (input) => ({ proposals: findByRules(input) }),
});

const FENCES = ["chat", "messages", "message"];

function authorLine(author: SeenMessage["author"]): string {
  const handle = author.username ? ` (@${author.username})` : "";
  return `${author.name}${handle}${author.isBot ? ", a bot" : ""}`;
}
