import type { Llm } from "#server/llm/index.ts";
import type { WindowMessage } from "#server/messages/index.ts";
import type { NewProposal } from "#server/proposals/schema.ts";

import { checkedProposal } from "./checked.ts";
import { peopleOf } from "./people.ts";
import { type ExtractInput, extractProposals } from "./prompt.ts";

/** The version of the prompt and its inputs; kept with each run. */
export const EXTRACTION_VERSION = extractProposals.version;

export type ExtractRequest = {
  spaceId: string;
  runId: string;
  batchId: string;
  /** The space's: "by Friday" is a day there. */
  timeZone: string;
  messages: WindowMessage[];
  signal: AbortSignal;
};

export type Extracted = {
  proposals: NewProposal[];
  /** Quotes that do not stand in their message and were left out. */
  dropped: number;
  generatedBy: string;
  promptVersion: number;
};

/** A batch holds 50 messages at most; a list longer than this is a model that repeats itself. */
const MOST_PROPOSALS = 60;

/**
 * What one batch of messages (of one chat) gives a person to decide. Whatever a model answers, the quotes that come out stand in
 * their messages, and nothing is longer than its schema allows.
 * @throws AppError from `llm.decide`
 */
export async function extract(llm: Llm, request: ExtractRequest): Promise<Extracted> {
  const { spaceId, runId, batchId, signal, timeZone } = request;
  const labelled = new Map(request.messages.map((message, at) => [`m${at + 1}`, message]));
  const decided = await llm.decide(extractProposals, inputOf(labelled, timeZone), { spaceId, runId, batchId, signal });

  const isModel = decided.generatedBy !== "rules";
  const authors = request.messages.map(({ author }) => author).filter(({ isBot }) => !isBot);
  const window = { messages: labelled, people: peopleOf(authors), timeZone, isModel, fellBack: decided.fellBack };
  const checked = decided.output.proposals
    .slice(0, MOST_PROPOSALS)
    .map((found) => checkedProposal(found, window))
    .filter((each) => each !== null);

  return {
    proposals: withoutRepeats(checked.map(({ proposal }) => proposal)),
    dropped: checked.reduce((sum, { dropped }) => sum + dropped, 0),
    generatedBy: decided.generatedBy,
    promptVersion: decided.promptVersion,
  };
}

function inputOf(labelled: ReadonlyMap<string, WindowMessage>, timeZone: string): ExtractInput {
  const labels = new Map([...labelled].map(([label, { id }]) => [id, label]));
  const chatTitle = labelled.get("m1")?.chatTitle ?? "";
  const messages = [...labelled].map(([label, { text, sentAt, author, replyToId, forwardedFrom }]) => ({
    label,
    text,
    sentAt,
    author,
    replyTo: (replyToId && labels.get(replyToId)) ?? null,
    forwardedFrom,
  }));
  return { chatTitle, timeZone, messages };
}

/** One thing proposed twice under one title is one proposal with the quotes of both. */
function withoutRepeats(proposals: NewProposal[]): NewProposal[] {
  const kept = new Map<string, NewProposal>();
  for (const proposal of proposals) {
    const key = `${proposal.kind}:${proposal.title.toLowerCase()}`;
    const first = kept.get(key);
    if (!first) kept.set(key, proposal);
    else {
      const isNew = (quote: NewProposal["evidence"][number]) =>
        !first.evidence.some(
          ({ messageId, start, end }) => messageId === quote.messageId && start === quote.start && end === quote.end,
        );
      kept.set(key, { ...first, evidence: [...first.evidence, ...proposal.evidence.filter(isNew)] });
    }
  }
  return [...kept.values()];
}
