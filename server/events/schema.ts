import { z } from "zod";

/** The parts of a space that a browser can listen to; each is a channel of its own. */
export const EventTopic = z.enum(["messages", "runs", "proposals", "knowledge", "kb", "jobs", "chat"]);
export type EventTopic = z.infer<typeof EventTopic>;

/** Every fact that the log can hold, and the topic that carries it. Past tense: it has happened. */
export const topicOf = {
  "message.received": "messages",
  "message.updated": "messages",
  "ingestion.started": "messages",
  "ingestion.progress": "messages",
  "ingestion.completed": "messages",
  "ingestion.failed": "messages",
  "run.created": "runs",
  "run.started": "runs",
  "run.progress": "runs",
  "run.completed": "runs",
  "run.reviewed": "runs",
  "run.closed": "runs",
  "run.failed": "runs",
  "run.cancelled": "runs",
  "replay.progress": "runs",
  "replay.completed": "runs",
  "proposal.created": "proposals",
  "proposal.edited": "proposals",
  "proposal.approved": "proposals",
  "proposal.rejected": "proposals",
  "proposal.merged": "proposals",
  "proposal.reopened": "proposals",
  "proposal.applied": "proposals",
  "proposal.conflicted": "proposals",
  "rule.changed": "proposals",
  "audit.recorded": "proposals",
  "topic.created": "knowledge",
  "topic.updated": "knowledge",
  "atom.created": "knowledge",
  "atom.updated": "knowledge",
  "note.committed": "knowledge",
  "note.pushed": "knowledge",
  "note.reverted": "knowledge",
  "kb.locked": "kb",
  "kb.released": "kb",
  "kb.synced": "kb",
  "kb.conflicted": "kb",
  "gap.opened": "knowledge",
  "gap.settled": "knowledge",
  "pairing.asked": "chat",
  "pairing.decided": "chat",
  "chat.posted": "chat",
  "chat.revised": "chat",
  "settings.changed": "jobs",
  "job.failed": "jobs",
} as const satisfies Record<string, EventTopic>;

export type EventType = keyof typeof topicOf;
export const EventType = z.enum(Object.keys(topicOf) as [EventType, ...EventType[]]);

/**
 * What goes over the socket: ids, never content. The browser learns what to ask for again.
 * `seq` is gapless per space, so whoever holds N and sees N+2 knows that it missed one.
 */
export const EventNotice = z.object({
  seq: z.number().int().positive(),
  type: EventType,
  subjectId: z.string(),
  at: z.iso.datetime(),
});
export type EventNotice = z.infer<typeof EventNotice>;

/** The channel that carries a topic of a space. */
export const channelName = (spaceId: string, topic: EventTopic) => `private-space-${spaceId}-${topic}`;
