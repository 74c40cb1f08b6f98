import { z } from "zod";

import type { WindowMessage } from "#server/messages/index.ts";
import type { CheckedQuote, NewProposal, ProposalDetails } from "#server/proposals/schema.ts";

import { oneLine, paragraphs } from "./clean.ts";
import { confidenceOf } from "./confidence.ts";
import { findDue, isoDayIn } from "./due.ts";
import { checkEvidence } from "./evidence.ts";
import type { People } from "./people.ts";
import type { FoundProposal } from "./prompt.ts";

/** What a found proposal is checked against. */
export type Window = {
  /** The messages by their labels. */
  messages: ReadonlyMap<string, WindowMessage>;
  people: People;
  timeZone: string;
  isModel: boolean;
  fellBack: boolean;
};

/** A proposal shows no more quotes than a reviewer would read. */
const MOST_QUOTES = 12;

/**
 * What was found, made safe to keep: quotes that stand in their messages, texts within their limits, people and days that the
 * messages name. Nothing in `found` is believed.
 * @returns null where nothing is left that could be a title
 */
export function checkedProposal(
  found: FoundProposal,
  window: Window,
): { proposal: NewProposal; dropped: number } | null {
  const { evidence, dropped } = checkedQuotes(found.quotes, window.messages);
  const title = oneLine(found.title, 200) || oneLine(evidence[0]?.quote ?? "", 200);
  if (title === "") return null;
  const details = detailsOf(found, evidence, window);
  const quoted = evidence.map(({ messageId }) => [...window.messages.values()].find(({ id }) => id === messageId));
  const { confidence, reasons } = confidenceOf({
    sureness: found.confidence,
    why: oneLine(found.why, 300),
    isModel: window.isModel,
    fellBack: window.fellBack,
    quotesChecked: evidence.length,
    quotesDropped: dropped,
    people: new Set(quoted.map((message) => message?.author.contributorId ?? message?.author.name)).size,
    isForwarded: quoted.length > 0 && quoted.every((message) => message?.forwardedFrom),
    isTask: found.kind === "task",
    hasOwner: details.assignee !== null,
    hasDue: details.due !== null,
  });
  const body = paragraphs(found.body, 20_000);
  return { proposal: { kind: found.kind, title, body, details, confidence, reasons, evidence }, dropped };
}

function checkedQuotes(
  quotes: FoundProposal["quotes"],
  messages: Window["messages"],
): { evidence: CheckedQuote[]; dropped: number } {
  const evidence = new Map<string, CheckedQuote>();
  let dropped = 0;
  for (const { message: label, text } of quotes) {
    const message = messages.get(label);
    // A comma stands in every message and proves nothing.
    const says = /[\p{L}\p{N}\p{Extended_Pictographic}+]/u.test(text);
    const place = message && says ? checkEvidence(message, text) : null;
    if (!message || !place) {
      dropped += 1;
      continue;
    }
    const { start, end } = place;
    const quote = message.text.slice(start, end);
    evidence.set(`${message.id}:${start}:${end}`, {
      messageId: message.id,
      revision: message.revision,
      start,
      end,
      quote,
    });
  }
  return { evidence: [...evidence.values()].slice(0, MOST_QUOTES), dropped };
}

function detailsOf(found: FoundProposal, evidence: CheckedQuote[], window: Window): ProposalDetails {
  const tags = found.tags.slice(0, 50).map((tag) => oneLine(tag, 40).replace(/^#+/u, "").toLowerCase());
  const isTask = found.kind === "task";
  return {
    noteType: noteTypeOf(found),
    topic: oneLine(found.topic ?? "", 80) || null,
    tags: [...new Set(tags.filter((tag) => tag !== ""))].slice(0, 12),
    intent: found.intent,
    priority: isTask ? found.priority : null,
    category: isTask ? found.category : null,
    assignee: isTask ? assigneeOf(found.assigneeName, window) : null,
    due: isTask ? dueOf(found.due, evidence, window) : null,
  };
}

function noteTypeOf({ kind, noteType }: FoundProposal): ProposalDetails["noteType"] {
  if (kind === "task") return "Task";
  if (kind === "topic") return "Topic";
  if (kind === "note") return "Note";
  return noteType === "Task" || noteType === "Topic" ? "Insight" : noteType;
}

/** Who is named, if the messages name them: a contributor where one fits, else just the name. */
function assigneeOf(written: string | null, { people, messages }: Window): ProposalDetails["assignee"] {
  const name = oneLine(written ?? "", 120).replace(/^@/u, "");
  if (name === "") return null;
  const person = people.find(name);
  if (person) return { name: oneLine(person.name, 120), contributorId: person.contributorId };
  const isNamed = [...messages.values()].some(
    ({ text, author }) => text.toLowerCase().includes(name.toLowerCase()) || author.name === name,
  );
  return isNamed ? { name, contributorId: null } : null;
}

/** The day, given as one or in the words of the message; counted from the first message quoted. */
function dueOf(written: string | null, evidence: CheckedQuote[], { messages, timeZone }: Window): string | null {
  if (!written) return null;
  const all = [...messages.values()];
  const said = all.find(({ id }) => id === evidence[0]?.messageId) ?? all.at(-1);
  if (!said) return null;
  const date = z.iso.date().safeParse(written.trim());
  if (!date.success) return findDue(oneLine(written, 100), { sentAt: said.sentAt, timeZone })?.date ?? null;
  // A model that miscounts years is more likely than a task for the next decade.
  const saidOn = isoDayIn(said.sentAt, timeZone);
  const years = Number(date.data.slice(0, 4)) - Number(saidOn.slice(0, 4));
  return date.data >= saidOn && years <= 5 ? date.data : null;
}
