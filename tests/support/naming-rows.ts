import type { fillSpace } from "./full-space.ts";

type Ids = Awaited<ReturnType<typeof fillSpace>>;

const WINDOW = { windowStart: new Date("2026-11-20T08:00:00Z"), windowEnd: new Date("2026-11-21T08:00:00Z") };

/**
 * For each place of an input that names a row: a call of ours, from the ids of a space of others (or of our own, to see
 * that the call is otherwise fine). What is not there answers 404; a list that is narrowed by it, or takes many, 200.
 */
export const NAMING_ROWS: Record<string, { input: (theirs: Ids, ours: Ids) => object; answers?: 200 | 409 }> = {
  "messages.list chatId": { input: ({ chatId }) => ({ chatId }), answers: 200 },
  "messages.list cursor": { input: ({ messageId }) => ({ cursor: messageId }), answers: 200 },
  "messages.around messageId": { input: ({ messageId }) => ({ messageId }) },
  "messages.setTimeZone chatId": { input: ({ chatId }) => ({ chatId, timeZone: "Europe/Berlin" }) },
  "messages.revisions messageId": { input: ({ messageId }) => ({ messageId }), answers: 200 },
  "runs.byId runId": { input: ({ runId }) => ({ runId }) },
  "runs.start runId": { input: ({ runId }) => ({ runId }) },
  "runs.cancel runId": { input: ({ runId }) => ({ runId }) },
  "runs.close runId": { input: ({ runId }) => ({ runId }) },
  "runs.clone runId": { input: ({ runId }) => ({ runId }) },
  "runs.retryBatches runId": { input: ({ runId }) => ({ runId }) },
  "runs.retryBatches batchIds": {
    input: ({ noteId }, { runId }) => ({ runId, batchIds: [noteId] }),
    answers: 409,
  },
  "runs.skipped runId": { input: ({ runId }) => ({ runId }) },
  "runs.skipped cursor": {
    input: ({ messageId }, { runId }) => ({ runId, cursor: messageId }),
    answers: 200,
  },
  "runs.calls runId": { input: ({ runId }) => ({ runId }) },
  "runs.calls cursor": { input: ({ messageId }, { runId }) => ({ runId, cursor: messageId }), answers: 200 },
  "runs.compare a": { input: ({ runId }, ours) => ({ a: runId, b: ours.runId }) },
  "runs.compare b": { input: ({ runId }, ours) => ({ a: ours.runId, b: runId }) },
  "runs.preview chatIds": { input: ({ chatId }) => ({ ...WINDOW, chatIds: [chatId] }), answers: 200 },
  "runs.preview providerId": { input: ({ providerId }) => ({ ...WINDOW, providerId, model: "gpt-4.1" }) },
  "runs.create chatIds": { input: ({ chatId }) => ({ ...WINDOW, chatIds: [chatId] }) },
  "runs.create providerId": { input: ({ providerId }) => ({ ...WINDOW, providerId, model: "gpt-4.1" }) },
  "replays.list runId": { input: ({ runId }) => ({ runId }), answers: 200 },
  "replays.byId replayId": { input: ({ replayId }) => ({ replayId }) },
  "replays.start runId": { input: ({ runId }) => ({ runId }) },
  "replays.start providerId": { input: ({ providerId }, { runId }) => ({ runId, providerId }) },
  "replays.cancel replayId": { input: ({ replayId }) => ({ replayId }) },
  "learning.run runId": { input: ({ runId }) => ({ runId }) },
  "examples.hide decisionId": { input: ({ decisionId }) => ({ decisionId }) },
  "examples.show decisionId": { input: ({ decisionId }) => ({ decisionId }), answers: 200 },
  "knowledge.note noteId": { input: ({ noteId }) => ({ noteId }) },
  "knowledge.history noteId": { input: ({ noteId }) => ({ noteId }) },
  "knowledge.blame noteId": { input: ({ noteId }) => ({ noteId }) },
  "knowledge.source noteId": { input: ({ noteId }) => ({ noteId }) },
  "knowledge.edit noteId": {
    input: ({ noteId }) => ({ noteId, base: "0".repeat(40), content: "---\ntype: Note\n---\n\nOurs now.\n" }),
  },
  "knowledge.move noteId": { input: ({ noteId }) => ({ noteId, path: "topics/ours/a.md" }) },
  "knowledge.delete noteId": { input: ({ noteId }) => ({ noteId }) },
  "knowledge.topic topicId": { input: ({ topicId }) => ({ topicId }) },
  "knowledge.editTopic topicId": {
    input: ({ topicId }) => ({ topicId, name: "Ours", description: "", aliases: [] }),
  },
  "knowledge.mergeTopics topicId": { input: ({ topicId }, ours) => ({ topicId, intoId: ours.otherTopicId }) },
  "knowledge.mergeTopics intoId": { input: ({ topicId }, ours) => ({ topicId: ours.otherTopicId, intoId: topicId }) },
  "kb.operations cursor": { input: ({ operationId }) => ({ cursor: operationId }), answers: 200 },
  "kb.operation operationId": { input: ({ operationId }) => ({ operationId }), answers: 200 },
  "kb.conflict conflictId": { input: ({ conflictId }) => ({ conflictId }) },
  "kb.retry operationId": { input: ({ operationId }) => ({ operationId }) },
  "kb.resolve conflictId": {
    input: ({ conflictId, notePath }) => ({ conflictId, files: [{ path: notePath, choice: "ours" }] }),
  },
  // No row of a space: a data folder. None of them has a worker here.
  "kb.move homeId": { input: ({ chatId }) => ({ homeId: chatId }), answers: 409 },
  "channels.decide pairingId": { input: ({ pairingId }) => ({ pairingId, decision: "approved" }) },
  "channels.remove pairingId": { input: ({ pairingId }) => ({ pairingId }) },
  "context.change content.people.contributorId": {
    input: ({ contributorId }) => ({
      content: { people: [{ name: "Nora", contributorId }] },
      seenVersion: 0,
    }),
  },
  "models.choose choices.providerId": {
    input: ({ providerId }) => ({ use: "extraction", choices: [{ providerId, model: "gpt-4.1" }] }),
  },
  "models.changeProvider providerId": { input: ({ providerId }) => ({ providerId, name: "Ours now" }) },
  "models.test providerId": { input: ({ providerId }) => ({ providerId }) },
  "models.available providerId": { input: ({ providerId }) => ({ providerId }) },
  "models.removeProvider providerId": { input: ({ providerId }) => ({ providerId }) },
  "gaps.settle gapId": { input: ({ gapId }) => ({ gapId, as: "answered" }) },
  "proposals.list runId": { input: ({ runId }) => ({ runId }), answers: 200 },
  "proposals.list cursor": { input: ({ proposalId }) => ({ cursor: proposalId }), answers: 200 },
  "proposals.byId proposalId": { input: ({ proposalId }) => ({ proposalId }) },
  "proposals.preview proposalId": { input: ({ proposalId }) => ({ proposalId }) },
  "proposals.mergeTargets proposalId": { input: ({ proposalId }) => ({ proposalId }), answers: 200 },
  "proposals.similar proposalId": { input: ({ proposalId }) => ({ proposalId }) },
  "proposals.mergePreview proposalId": {
    input: ({ proposalId }, ours) => ({ proposalId, into: { type: "proposal", proposalId: ours.targetId } }),
  },
  "proposals.mergePreview into.proposalId": {
    input: ({ targetId }, ours) => ({
      proposalId: ours.proposalId,
      into: { type: "proposal", proposalId: targetId },
    }),
  },
  "proposals.mergePreview into.noteId": {
    input: ({ noteId }, ours) => ({ proposalId: ours.proposalId, into: { type: "note", noteId } }),
  },
  "proposals.approve proposalId": { input: ({ proposalId }) => ({ proposalId, version: 1 }) },
  "proposals.reject proposalId": { input: ({ proposalId }) => ({ proposalId, version: 1 }) },
  "proposals.undo proposalId": { input: ({ proposalId }) => ({ proposalId, version: 1 }) },
  "proposals.edit proposalId": { input: ({ proposalId }) => ({ proposalId, version: 1, title: "Ours now" }) },
  "proposals.edit details.assignee.contributorId": {
    input: ({ contributorId }, ours) => ({
      proposalId: ours.proposalId,
      version: 1,
      details: { assignee: { name: "Nora", contributorId } },
    }),
    answers: 200,
  },
  "proposals.edit details.links.to.id": {
    input: ({ noteId }, ours) => ({
      proposalId: ours.proposalId,
      version: 2,
      details: { links: [{ relation: "supports", to: { type: "note", id: noteId }, title: "Theirs" }] },
    }),
    answers: 200,
  },
  "proposals.edit details.retires.noteId": {
    input: ({ noteId }, ours) => ({
      proposalId: ours.proposalId,
      version: 3,
      details: { retires: { noteId, title: "Theirs" } },
    }),
    answers: 200,
  },
  "proposals.merge proposalId": {
    input: ({ proposalId }, ours) => ({
      proposalId,
      version: 1,
      into: { type: "proposal", proposalId: ours.targetId },
    }),
  },
  "proposals.merge into.proposalId": {
    input: ({ targetId }, ours) => ({
      proposalId: ours.proposalId,
      version: 1,
      into: { type: "proposal", proposalId: targetId },
    }),
  },
  "proposals.merge into.noteId": {
    input: ({ noteId }, ours) => ({ proposalId: ours.proposalId, version: 1, into: { type: "note", noteId } }),
  },
  "proposals.bulk items.proposalId": {
    input: ({ proposalId }) => ({ action: "reject", items: [{ proposalId, version: 1 }] }),
    answers: 200,
  },
  "rules.backtest conditions.chatIds": { input: ({ chatId }) => ({ conditions: { chatIds: [chatId] } }), answers: 200 },
  "rules.save ruleId": { input: ({ ruleId }) => ({ ruleId, name: "Ours now", conditions: {} }) },
  "rules.save conditions.chatIds": { input: ({ chatId }) => ({ name: "Ours now", conditions: { chatIds: [chatId] } }) },
  "rules.switch ruleId": { input: ({ ruleId }) => ({ ruleId, isOn: false }) },
  "rules.verdict proposalId": { input: ({ proposalId }) => ({ proposalId, wasRight: false }) },
  "rules.remove ruleId": { input: ({ ruleId }) => ({ ruleId }) },
};
