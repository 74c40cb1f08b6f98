import { QueryClient } from "@tanstack/react-query";
import { createTRPCClient, httpLink } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import superjson from "superjson";
import { expect, test } from "vitest";

import { type EventNotice, EventType } from "#server/events/schema.ts";
import type { AppRouter } from "#server/trpc/root.ts";

import { staleAfter } from "./stale.ts";

const client = createTRPCClient<AppRouter>({
  links: [httpLink({ url: "http://winnow.invalid", transformer: superjson })],
});
const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient: new QueryClient() });
const notice = (type: string, subjectId = "p1") =>
  ({ seq: 1, type, subjectId, at: "2026-11-21T10:00:00.000Z" }) as EventNotice;

/** Whether a query that is on the screen is made stale by an event. */
function isStale(queryKey: readonly unknown[], event: EventNotice): boolean {
  const queryClient = new QueryClient();
  queryClient.setQueryData(queryKey, {});
  return staleAfter(trpc, event).some((filters) => queryClient.getQueryCache().findAll(filters).length > 0);
}

test("a decision makes the queue, its counts and that proposal's page stale, and no other proposal's page", () => {
  const approved = notice("proposal.approved");
  expect(isStale(trpc.proposals.list.infiniteQueryKey({ spaceId: "s", status: ["pending"] }), approved)).toBe(true);
  expect(isStale(trpc.proposals.list.queryKey({ spaceId: "s", limit: 1 }), approved)).toBe(true);
  expect(isStale(trpc.proposals.byId.queryKey({ spaceId: "s", proposalId: "p1" }), approved)).toBe(true);
  expect(isStale(trpc.proposals.byId.queryKey({ spaceId: "s", proposalId: "p2" }), approved)).toBe(false);
});

test("the progress of a run reaches its page and the list of runs", () => {
  const progress = notice("run.progress", "r1");
  expect(isStale(trpc.runs.byId.queryKey({ spaceId: "s", runId: "r1" }), progress)).toBe(true);
  expect(isStale(trpc.runs.list.queryKey({ spaceId: "s" }), progress)).toBe(true);
  expect(isStale(trpc.knowledge.tree.queryKey({ spaceId: "s" }), progress)).toBe(false);
});

test("a committed note reaches the tree, the repository's state and the proposal that became it", () => {
  const committed = notice("note.committed", "n1");
  expect(isStale(trpc.knowledge.tree.queryKey({ spaceId: "s" }), committed)).toBe(true);
  expect(isStale(trpc.kb.status.queryKey({ spaceId: "s" }), committed)).toBe(true);
  expect(isStale(trpc.proposals.byId.queryKey({ spaceId: "s", proposalId: "p1" }), committed)).toBe(true);
});

test("an event that this page does not know makes everything stale", () => {
  expect(isStale(trpc.kb.status.queryKey({ spaceId: "s" }), notice("planet.aligned"))).toBe(true);
});

test("every event of the log has an entry that can be used", () => {
  for (const type of EventType.options) expect(Array.isArray(staleAfter(trpc, notice(type)))).toBe(true);
});
