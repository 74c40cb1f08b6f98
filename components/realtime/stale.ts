import type { QueryFilters } from "@tanstack/react-query";

import type { useTRPC } from "#components/trpc/client.tsx";
import type { EventNotice, EventType } from "#server/events/schema.ts";

type Trpc = ReturnType<typeof useTRPC>;
type Stale = (trpc: Trpc, notice: EventNotice) => QueryFilters[];

/** The queries that an event makes stale: all of them when a newer server speaks of something that this page does not know. */
export function staleAfter(trpc: Trpc, notice: EventNotice): QueryFilters[] {
  return Object.hasOwn(staleBy, notice.type) ? staleBy[notice.type](trpc, notice) : [{}];
}

const nothing: Stale = () => [];
const messages: Stale = (trpc) => [trpc.messages.pathFilter()];
const run: Stale = (trpc, { subjectId }) => [
  trpc.runs.list.pathFilter(),
  trpc.runs.byId.queryFilter({ runId: subjectId }),
  trpc.runs.skipped.pathFilter(),
  trpc.runs.calls.pathFilter(),
  trpc.runs.compare.pathFilter(),
  trpc.models.spending.pathFilter(),
];
const replay: Stale = (trpc) => [trpc.replays.pathFilter()];
/** A proposal that came or changed: the queue with its counts, its own page, its run's counters, what its messages led to. */
const proposal: Stale = (trpc, { subjectId }) => [
  trpc.proposals.list.pathFilter(),
  trpc.proposals.byId.queryFilter({ proposalId: subjectId }),
  trpc.proposals.preview.queryFilter({ proposalId: subjectId }),
  trpc.proposals.mergeTargets.pathFilter(),
  trpc.proposals.similar.queryFilter({ proposalId: subjectId }),
  trpc.rules.list.pathFilter(),
  trpc.rules.audits.pathFilter(),
  trpc.runs.list.pathFilter(),
  trpc.runs.byId.pathFilter(),
  trpc.messages.list.pathFilter(),
  // Each decision is counted, and may teach something.
  trpc.learning.pathFilter(),
  trpc.examples.pathFilter(),
  trpc.replays.byId.pathFilter(),
];
/** A note that came, went or was pushed; every preview starts from the newest commit. */
const note: Stale = (trpc) => [
  trpc.knowledge.pathFilter(),
  trpc.kb.pathFilter(),
  trpc.proposals.list.pathFilter(),
  trpc.proposals.byId.pathFilter(),
  trpc.proposals.preview.pathFilter(),
];
const kb: Stale = (trpc) => [trpc.kb.pathFilter()];
/** Something was said in a chat, or became of it: a question without a good answer, somebody who asks to be let in. */
const chat: Stale = (trpc) => [trpc.chat.pathFilter()];
const gap: Stale = (trpc) => [trpc.gaps.pathFilter()];
const pairing: Stale = (trpc) => [trpc.channels.pathFilter()];

/** The one table from events to queries: a new type of event does not compile without an entry here. */
const staleBy = {
  "message.received": (trpc) => [
    trpc.messages.list.pathFilter(),
    trpc.messages.chats.pathFilter(),
    trpc.runs.preview.pathFilter(),
  ],
  "message.updated": (trpc) => [
    trpc.messages.pathFilter(),
    // "The message was edited since" stands beside its quotes.
    trpc.proposals.list.pathFilter(),
    trpc.proposals.byId.pathFilter(),
  ],
  "ingestion.started": nothing,
  "ingestion.progress": messages,
  "ingestion.completed": messages,
  "ingestion.failed": messages,
  "run.created": run,
  "run.started": run,
  "run.progress": run,
  "run.completed": run,
  "run.reviewed": run,
  "run.closed": run,
  "run.failed": run,
  "run.cancelled": run,
  "replay.progress": replay,
  "replay.completed": replay,
  "proposal.created": proposal,
  "proposal.edited": proposal,
  "proposal.approved": proposal,
  "proposal.rejected": proposal,
  "proposal.merged": proposal,
  "proposal.reopened": proposal,
  "proposal.applied": proposal,
  "proposal.conflicted": proposal,
  "rule.changed": proposal,
  "audit.recorded": proposal,
  "topic.created": note,
  "topic.updated": note,
  "atom.created": note,
  "atom.updated": note,
  "note.committed": note,
  "note.pushed": note,
  "note.reverted": note,
  "kb.locked": kb,
  "kb.released": kb,
  "kb.synced": note,
  "kb.conflicted": note,
  "gap.opened": gap,
  "gap.settled": gap,
  "pairing.asked": pairing,
  "pairing.decided": pairing,
  "chat.posted": chat,
  "chat.revised": chat,
  "settings.changed": (trpc) => [
    trpc.settings.pathFilter(),
    trpc.shell.pathFilter(),
    // When runs start by themselves.
    trpc.runs.list.pathFilter(),
    trpc.context.pathFilter(),
    trpc.models.pathFilter(),
    trpc.prompts.pathFilter(),
    // The time zone of a chat.
    trpc.messages.chats.pathFilter(),
  ],
  "job.failed": (trpc) => [trpc.runs.pathFilter(), trpc.kb.pathFilter(), trpc.proposals.byId.pathFilter()],
} satisfies Record<EventType, Stale>;
