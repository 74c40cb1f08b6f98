import type { Ctx } from "#server/lib/ctx.ts";
import type { Llm } from "#server/llm/index.ts";
import type { WindowMessage } from "#server/messages/index.ts";
import type { NewProposal } from "#server/proposals/schema.ts";

import type { Given } from "../context/given.ts";
import { pastDecisions } from "../context/past-decisions.ts";
import { wordsOfNotes } from "../context/words-of-notes.ts";
import { checkedProposal, type Draft } from "./checked.ts";
import { confidenceOf } from "./confidence.ts";
import { withContradiction } from "./contradiction.ts";
import { checkedLinks, type Targets } from "./links.ts";
import { ownersIn } from "./owner.ts";
import { type ExtractInput, extractProposals, type FoundProposal, type SeenMessage } from "./prompt.ts";
import { MOST_QUOTES } from "./quotes.ts";
import { shownOf } from "./told.ts";

/** The version of the prompt and its inputs; kept with each run. */
export const EXTRACTION_VERSION = extractProposals.version;

export type ExtractRequest = {
  spaceId: string;
  /** Null for what belongs to no run, and with it to no batch: then nothing else says what a call was for. */
  runId: string | null;
  batchId: string | null;
  replayId?: string;
  /** Of the batch in its run. */
  position: number;
  /** The chat's: "by Friday" is a day there. */
  timeZone: string;
  messages: WindowMessage[];
  /** What they answer and what stands outside of the batch: read along, never quoted from. */
  contextMessages: WindowMessage[];
  given: Given;
  /** Whom to ask, and with what system prompt; what the space has chosen unless it is given. */
  call: {
    providerId?: string | null;
    model?: string | undefined;
    system?: string | undefined;
    /** The words that a prompt had, as runs.prompt_key; those in force unless it is given. */
    promptKey?: string | undefined;
    runBudgetCents?: number | null;
  };
  signal: AbortSignal;
};

export type Extracted = {
  proposals: NewProposal[];
  /** Quotes that do not stand in their message and were left out. */
  dropped: number;
  /** `rules`, or the name of the model. */
  generatedBy: string;
  promptVersion: number;
  /** The prompt with the space's own words in it, as runs.prompt_key. */
  promptKey: string;
  /** The provider that answered; null for the one of the environment, and for the rules. */
  providerId: string | null;
  fellBack: boolean;
};

/** A batch holds 50 messages at most; a list longer than this is a model that repeats itself. */
const MOST_PROPOSALS = 60;

/**
 * What one batch of messages (of one chat) gives a person to decide. Whatever a model answers, the quotes that come out stand in
 * their messages, links lead to what there is, and nothing is longer than its schema allows.
 * @throws AppError from `llm.decide`
 */
export async function extract({ llm }: { llm: Llm }, ctx: Ctx, request: ExtractRequest): Promise<Extracted> {
  const labelled = new Map(request.messages.map((message, at) => [`m${at + 1}`, message]));
  const input = inputOf(labelled, request);
  const decided = await ask(llm, input, request);
  const window = {
    messages: labelled,
    input,
    ownerOf: ownersIn(
      { messages: request.messages, context: request.contextMessages },
      { contributors: request.given.contributors, told: request.given.project.people },
    ),
    timeZone: request.timeZone,
    isModel: decided.generatedBy !== "rules",
    fellBack: decided.fellBack,
  };
  const found = withoutRepeats(decided.output.proposals.slice(0, MOST_PROPOSALS));
  const drafts = found.flatMap((each) => {
    const draft = checkedProposal(each.found, window);
    return draft ? [{ ...draft, labels: each.labels }] : [];
  });
  const { linked, dropped } = withLinks(drafts, input, labelled);
  return {
    proposals: await weighed(ctx, request, linked),
    dropped: drafts.reduce((sum, draft) => sum + draft.dropped, dropped),
    generatedBy: decided.generatedBy,
    promptVersion: decided.promptVersion,
    promptKey: decided.promptKey,
    providerId: decided.providerId,
    fellBack: decided.fellBack,
  };
}

function ask(llm: Llm, input: ExtractInput, request: ExtractRequest) {
  const { spaceId, runId, batchId, replayId, call, signal } = request;
  return llm.decide(extractProposals, input, {
    ...call,
    spaceId,
    runId: runId ?? undefined,
    batchId: batchId ?? undefined,
    replayId,
    signal,
  });
}

function inputOf(
  labelled: ReadonlyMap<string, WindowMessage>,
  { timeZone, contextMessages, given }: ExtractRequest,
): ExtractInput {
  const context = contextMessages.map((message, at) => [`c${at + 1}`, message] as const);
  const labels = new Map([...labelled, ...context].map(([label, { id }]) => [id, label]));
  const seen = ([label, message]: readonly [string, WindowMessage]): SeenMessage => {
    const { text, sentAt, author, replyToId, forwardedFrom } = message;
    return { label, text, sentAt, author, replyTo: (replyToId && labels.get(replyToId)) ?? null, forwardedFrom };
  };
  return {
    chatTitle: labelled.get("m1")?.chatTitle ?? "",
    timeZone,
    messages: [...labelled].map(seen),
    context: context.map(seen),
    ...shownOf(given),
  };
}

/** One thing found twice under one title is found once, with the quotes of both; each label that it had is kept. */
function withoutRepeats(all: FoundProposal[]): Array<{ found: FoundProposal; labels: string[] }> {
  const kept = new Map<string, { found: FoundProposal; labels: string[] }>();
  for (const [at, found] of all.entries()) {
    const title = found.title.trim().toLowerCase();
    const key = title === "" ? String(at) : `${found.kind}:${title}`;
    const first = kept.get(key);
    const labels = [...(first?.labels ?? []), ...(found.id ? [found.id] : [])];
    if (!first) kept.set(key, { found, labels });
    else {
      const quotes = [...first.found.quotes, ...found.quotes];
      const links = [...(first.found.links ?? []), ...(found.links ?? [])];
      kept.set(key, { found: { ...first.found, quotes, links }, labels });
    }
  }
  return [...kept.values()];
}

function withLinks(
  drafts: Array<Draft & { labels: string[] }>,
  { atoms = [] }: ExtractInput,
  messages: ReadonlyMap<string, WindowMessage>,
): { linked: Draft[]; dropped: number } {
  const labels = drafts.flatMap((draft) => draft.labels.map((label) => [label, draft.proposal] as const));
  const targets: Targets = {
    // Of two that call themselves the same the first is meant.
    proposals: new Map(labels.toReversed()),
    atoms: new Map(atoms.map((atom, at) => [`a${at + 1}`, atom])),
  };
  let dropped = 0;
  const linked = drafts.map((draft) => {
    const { proposal, found, grounds } = draft;
    const self = { self: proposal.id, hasEvidence: proposal.evidence.length > 0 };
    const checked = checkedLinks(found, self, messages, targets);
    dropped += checked.dropped;
    const evidence = united(proposal.evidence, checked.evidence);
    const details = { ...proposal.details, links: checked.links, retires: checked.retires };
    return {
      ...draft,
      proposal: { ...proposal, details, evidence },
      grounds: { ...grounds, quotesChecked: evidence.length },
    };
  });
  return { linked, dropped };
}

/** With how sure it is, what reviewers decided on the like of it, and the words of the notes that it contradicts. */
async function weighed(ctx: Ctx, request: ExtractRequest, drafts: Draft[]): Promise<NewProposal[]> {
  const { spaceId, replayId } = request;
  const titles = drafts.map(({ proposal }) => proposal.title);
  const noteIds = drafts.flatMap(({ proposal }) => proposal.details.retires?.noteId ?? []);
  const [past, oldWords] = await Promise.all([
    // A replay is compared with what was decided: it may not know it.
    pastDecisions(ctx, {
      spaceId,
      titles: replayId === undefined ? titles : [],
      exceptMessageIds: request.messages.map(({ id }) => id),
    }),
    wordsOfNotes(ctx, { spaceId, noteIds }),
  ]);
  return drafts.map(({ proposal, grounds }) => {
    const decisions = past.get(proposal.title) ?? { approved: 0, rejected: 0 };
    const whole = { ...proposal, ...confidenceOf({ ...grounds, past: decisions }) };
    const { retires } = proposal.details;
    return retires ? withContradiction(whole, retires, oldWords.get(retires.noteId) ?? []) : whole;
  });
}

/** Each quote once, and no more of them than a reviewer would read. */
function united(first: NewProposal["evidence"], more: NewProposal["evidence"]): NewProposal["evidence"] {
  const all = [...first, ...more].map((quote) => [`${quote.messageId}:${quote.start}:${quote.end}`, quote] as const);
  return [...new Map(all).values()].slice(0, MOST_QUOTES);
}
