import type { ExtractInput, FoundProposal } from "../prompt.ts";

/** Requests, commitments, decisions, questions and problems of one batch, found in plain code. */
export function findByRules(_input: ExtractInput): FoundProposal[] {
  return [];
}
