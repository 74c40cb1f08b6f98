import { newId } from "#server/lib/ids.ts";
import type { WindowMessage } from "#server/messages/index.ts";
import type { CheckedQuote, NewProposal, ProposalDetails } from "#server/proposals/schema.ts";

import { adviceOf } from "./advice.ts";
import { oneLine, paragraphs } from "./clean.ts";
import type { Grounds } from "./confidence.ts";
import { dueOf } from "./deadline.ts";
import type { FoundProposal } from "./found.ts";
import type { Owners } from "./owner.ts";
import { fold } from "./people.ts";
import type { ExtractInput } from "./prompt.ts";
import { checkedQuotes } from "./quotes.ts";

/** What a found proposal is checked against. */
export type Window = {
  /** The messages by their labels. */
  messages: ReadonlyMap<string, WindowMessage>;
  /** What was said to whoever answered: its labels are the ones that count. */
  input: ExtractInput;
  ownerOf: Owners;
  timeZone: string;
  isModel: boolean;
  fellBack: boolean;
};

/** A proposal that is safe to keep, and all but its past that speaks for it. */
export type Draft = {
  found: FoundProposal;
  proposal: Omit<NewProposal, "confidence" | "reasons"> & { id: string };
  grounds: Omit<Grounds, "past">;
  dropped: number;
};

/**
 * What was found, made safe to keep: quotes that stand in their messages, texts within their limits, people and days that the
 * messages name. Nothing in `found` is believed. Its links are checked when all proposals are known.
 * @returns null where nothing is left that could be a title
 */
export function checkedProposal(found: FoundProposal, window: Window): Draft | null {
  const { evidence, dropped } = checkedQuotes(found.quotes, window.messages);
  const title = oneLine(found.title, 200) || oneLine(evidence[0]?.quote ?? "", 200);
  if (title === "") return null;
  const details = detailsOf(found, evidence, window);
  const recommendation = adviceOf(found, title, window.input);
  const quoted = evidence.map(({ messageId }) => [...window.messages.values()].find(({ id }) => id === messageId));
  const sureness = Number.isFinite(found.confidence) ? Math.min(1, Math.max(0, found.confidence)) : 0;
  return {
    found,
    dropped,
    proposal: {
      id: newId(),
      kind: found.kind,
      title,
      body: paragraphs(found.body, 16_000),
      details,
      sureness: window.isModel ? sureness : null,
      recommendation,
      evidence,
    },
    grounds: {
      sureness,
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
      isDoubted: recommendation.action === "reject",
    },
  };
}

function detailsOf(found: FoundProposal, evidence: CheckedQuote[], window: Window): ProposalDetails {
  const isTask = found.kind === "task";
  return {
    noteType: noteTypeOf(found),
    topic: found.kind === "topic" ? null : topicOf(found.topic ?? "", window.input),
    tags: names(found.tags, { each: 40, all: 12 }, (tag) => tag.replace(/^#+/u, "").toLowerCase()),
    intent: found.intent,
    priority: isTask ? (found.priority ?? null) : null,
    category: isTask ? (found.category ?? null) : null,
    assignee: isTask ? window.ownerOf(found.assigneeName ?? null, evidence) : null,
    due: isTask ? dueOf(found.due ?? null, { ...window, evidence }) : null,
    links: [],
    aliases: found.kind === "topic" ? names(found.aliases ?? [], { each: 80, all: 12 }) : [],
    retires: null,
  };
}

/** Each once, without what is empty. */
function names(all: string[], most: { each: number; all: number }, shaped = (name: string) => name): string[] {
  const clean = all.slice(0, 50).map((name) => shaped(oneLine(name, most.each)).trim());
  return [...new Set(clean.filter((name) => name !== ""))].slice(0, most.all);
}

/** The subject by the name that it has here: that of a topic or a part, where it was called by its label or another name. */
function topicOf(written: string, { topics = [], project }: ExtractInput): string | null {
  const name = oneLine(written, 80);
  if (name === "") return null;
  const labelled = topics[Number(/^t(?<at>\d{1,4})$/u.exec(name)?.groups?.at ?? 0) - 1];
  const known = [...topics, ...(project?.components ?? [])].find((each) =>
    [each.name, ...each.aliases].some((other) => fold(other) === fold(name)),
  );
  return oneLine((labelled ?? known)?.name ?? name, 80) || null;
}

function noteTypeOf({ kind, noteType }: FoundProposal): ProposalDetails["noteType"] {
  if (kind === "task") return "Task";
  if (kind === "topic") return "Topic";
  if (kind === "note") return "Note";
  return noteType === "Task" || noteType === "Topic" || noteType === "Note" ? "Insight" : noteType;
}
