import { createLoader, createParser, parseAsString, parseAsStringLiteral, type inferParserType } from "nuqs/server";

import { ProposalKind, ProposalStatus } from "#server/proposals/schema.ts";

export const STATUSES = [
  ProposalStatus.pending,
  ProposalStatus.approved,
  ProposalStatus.rejected,
  ProposalStatus.merged,
] as const;
export const KINDS = [ProposalKind.task, ProposalKind.atom, ProposalKind.topic, ProposalKind.note] as const;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** An id in an address; anything else there counts as nothing. */
export const parseAsUuid = createParser({
  parse: (text) => (UUID.test(text) ? text : null),
  serialize: (id: string) => id,
});

/** What the queue shows lives in the address: a filter is a link, and a reload comes back to the same proposal. */
export const reviewParams = {
  status: parseAsStringLiteral(STATUSES).withDefault("pending"),
  kind: parseAsStringLiteral(KINDS),
  run: parseAsUuid,
  q: parseAsString.withDefault(""),
  proposal: parseAsUuid,
};
export type ReviewFilters = inferParserType<typeof reviewParams>;

export const loadReviewParams = createLoader(reviewParams);

const PAGE_SIZE = 50;

/** The question that the queue asks for these filters: the same on the server and in the browser, so that it is asked once. */
export function queueInput(spaceId: string, { status, kind, run, q }: Omit<ReviewFilters, "proposal">) {
  return {
    spaceId,
    status: [status],
    ...(kind ? { kind } : {}),
    ...(run ? { runId: run } : {}),
    ...(q.trim() ? { search: q.trim() } : {}),
    limit: PAGE_SIZE,
  };
}
