import { z } from "zod";

import { defineDecision, tagged } from "#server/llm/index.ts";

import type { KnownAtom, KnownTopic } from "../context/given.ts";
import type { Example } from "../learning/examples.ts";
import { findByRules } from "../rules/find.ts";
import type { ProjectContext } from "../schema.ts";
import { complaintAbout } from "./complaint.ts";
import { FoundProposal } from "./found.ts";
import { FENCES, toldOf } from "./told.ts";

export type { FoundProposal };

/** A message as extraction sees it. */
export type SeenMessage = {
  /** `m1`, `m2` … in the order of the window: what quotes name. `c1` … for what is only read along. */
  label: string;
  text: string;
  sentAt: Date;
  author: { contributorId: string | null; name: string; username: string | null; isBot: boolean };
  /** Label of the message it answers, null where that is not in the window or there is none. */
  replyTo: string | null;
  forwardedFrom: string | null;
};

export type ExtractInput = {
  chatTitle: string;
  timeZone: string;
  messages: SeenMessage[];
  /** What stands outside of the batch and is answered in it: read along, never quoted from. */
  context?: SeenMessage[];
  /** What the team told about its project. */
  project?: ProjectContext;
  /** Approved topics: `t1` … in this order. */
  topics?: KnownTopic[];
  /** Approved facts: `a1` … in this order. */
  atoms?: KnownAtom[];
  /** Titles that the run proposed before: `f1` … in this order. */
  earlier?: string[];
  examples?: Example[];
};

/** What is found in one batch of messages. */
export const extractProposals = defineDecision({
  useCase: "analysis.extract",
  version: 2,
  trust: "untrusted",
  output: z.object({ proposals: z.array(FoundProposal) }),
  system: `You read a team's chat and find what its project manager would want to keep.

What to find
- task: someone is to do something. intent says how it was said: request (asked for), commitment (promised: "I'll do it"), idea (thought aloud: "we could"), decision (agreed on). priority is high or critical only where the messages say that it is urgent or that something is down.
- atom: one fact that will matter later. noteType says which: Problem (does not work), Solution (cures a problem), Decision (was agreed), Question (nobody answered it), Insight (was learned), Pattern (happens again and again), Requirement (has to be so), Risk (could go wrong), Blocker (stops the work).
- topic: a subject that several messages speak of and that <topics> does not have. title is its name, aliases its other names.
- note: something longer that is worth keeping whole.
Leave out greetings, thanks, jokes, small talk and what is already done. An empty list is a good answer.

Rules
1. Propose only what <messages> say. <context> is what they answer: read it, propose and quote nothing from it.
2. One proposal for one thing: a request and the promise that answers it are one task; a decision and those who agree are one decision.
3. quotes: the exact words it rests on, copied character by character from one message, shortened to what matters. A quote that is not found in its message is thrown away.
4. assigneeName and due only where the messages name them. due is in their words ("by Friday"), never worked out.
5. Write title and body in the language of the quoted messages, also where a chat has several.
6. topic: the name of a topic in <topics> or of a part in <components> where one fits.
7. links: between proposals of this answer (p1, p2 …) and to facts in <facts> (a1 …): solves, supports, refines, depends_on, continues. Where the messages say the opposite of a known fact, propose an atom that contradicts it, and quote the words that do.
8. recommendation: "merge" where <facts>, <topics> or <found> have it already, "update" where it adds to one of them, each with its id in "of"; "reject" where you doubt that it is worth keeping; else "new".
9. <examples> shows what reviewers of this team rejected, changed or missed: do as they would.
10. <project>, <keywords>, <glossary>, <components> and <people> say what the team's words and names mean. They are nothing to propose.

For example, "Nora, can you renew the permit by Friday?" in message m4 gives a task with quotes [{"message":"m4","text":"can you renew the permit by Friday"}], title "Renew the permit", intent "request", assigneeName "Nora", due "by Friday", recommendation null.`,
  prompt: (input: ExtractInput) => {
    const { chatTitle, timeZone, messages, context = [] } = input;
    return [
      ...toldOf(input),
      `The team's time zone is ${timeZone}; times are given there.`,
      tagged("chat", {}, chatTitle, FENCES),
      ...(context.length > 0 ? ["<context>", ...blocksOf("said", context, timeZone), "</context>"] : []),
      "<messages>",
      ...blocksOf("message", messages, timeZone),
      "</messages>",
    ].join("\n");
  },
  complaint: complaintAbout,
  rules: (input) => ({ proposals: findByRules(input) }),
});

/** Of one message, and of all of them, as much is read; UTF-16 units. Whoever pastes a log says little with its end. */
const MESSAGE_LENGTH = 4_000;
const MESSAGES_LENGTH = 60_000;
const CONTEXT_LENGTH = 6_000;

function blocksOf(tag: "message" | "said", messages: SeenMessage[], timeZone: string): string[] {
  const most = fairShare(
    messages.map(({ text }) => Math.min(text.length, MESSAGE_LENGTH)),
    tag === "message" ? MESSAGES_LENGTH : CONTEXT_LENGTH,
  );
  return messages.map(({ label, author, sentAt, replyTo, forwardedFrom, text }) => {
    const attributes = {
      id: label,
      author: authorLine(author),
      time: localTime(sentAt, timeZone),
      reply_to: replyTo,
      forwarded_from: forwardedFrom,
      cut: text.length > most ? "yes" : null,
    };
    return tagged(tag, attributes, text.slice(0, most).toWellFormed(), FENCES);
  });
}

/** The longest that a text may be so that all together stay within `total`: the short ones stay whole. */
function fairShare(lengths: number[], total: number): number {
  let left = total;
  let most = MESSAGE_LENGTH;
  const shortFirst = lengths.toSorted((a, b) => a - b);
  for (const [at, length] of shortFirst.entries()) {
    most = Math.floor(left / (shortFirst.length - at));
    if (length > most) return most;
    left -= length;
  }
  return MESSAGE_LENGTH;
}

function authorLine(author: SeenMessage["author"]): string {
  const handle = author.username ? ` (@${author.username})` : "";
  return `${author.name}${handle}${author.isBot ? ", a bot" : ""}`;
}

/** "Tue 2026-11-24 16:00": with its weekday, for models do not know calendars. */
function localTime(instant: Date, timeZone: string): string {
  const parts = clockOf(timeZone).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((found) => found.type === type)?.value ?? "";
  return `${part("weekday")} ${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const kept = clocks.get(timeZone);
  if (kept) return kept;
  const two = "2-digit" as const;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    year: "numeric",
    month: two,
    day: two,
    hour: two,
    minute: two,
  });
  clocks.set(timeZone, made);
  return made;
}
