import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import type { Make } from "./make.ts";

/** In each text of a filled space: whoever is not in it may not read it anywhere. */
export const SECRET_WORD = "zanzibar";

/** One row of each kind that an input or an address can name. @returns their ids */
export async function fillSpace(db: Db, make: Make, { spaceId, homeId }: { spaceId: string; homeId: string }) {
  const text = `The ${SECRET_WORD} ferry sails at noon.`;
  const chat = await make.chat({ spaceId, title: `Pier of ${SECRET_WORD}` });
  const contributor = await make.contributor({ spaceId, displayName: `Mr ${SECRET_WORD}` });
  const message = await make.message({ chatId: chat.id, contributorId: contributor.id, text });
  const run = await make.run({ spaceId });
  const [proposal, target] = [
    await make.proposal({ runId: run.id, title: text }),
    await make.proposal({ runId: run.id, title: text }),
  ];
  const at = new Date();
  const kb = await db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId } });
  const note = await db.prisma.note.create({
    data: {
      id: newId(),
      spaceId,
      kbId: kb.id,
      path: "topics/ferry/a.md",
      topicSlug: "ferry",
      type: "Note",
      title: text,
      tags: [],
      body: text,
      frontMatter: { type: "Note", title: text },
      commitHash: "0".repeat(40),
      committedAt: at,
      createdAt: at,
      updatedAt: at,
    },
  });
  const [topic, otherTopic] = await Promise.all(
    ["ferry", "ship"].map((slug) =>
      db.prisma.topic.create({
        data: { id: newId(), spaceId, slug, name: `${slug} of ${SECRET_WORD}`, createdAt: at, updatedAt: at },
      }),
    ),
  );
  const operation = await db.prisma.kbOperation.create({
    data: {
      id: newId(),
      spaceId,
      kbId: kb.id,
      kind: "edit",
      status: "conflicted",
      subject: text,
      files: [note.path],
      failure: text,
      queuedAt: at,
    },
  });
  const conflict = await db.prisma.kbConflict.create({
    data: {
      id: newId(),
      spaceId,
      kbId: kb.id,
      operationId: operation.id,
      source: "operation",
      subject: text,
      ourAuthor: { name: `Mr ${SECRET_WORD}`, email: "ours@example.org" },
      theirAuthor: { name: `Mrs ${SECRET_WORD}`, email: "theirs@example.org" },
      createdAt: at,
      files: { create: { id: newId(), path: note.path, base: text, ours: `${text} Ours.`, theirs: `${text} Theirs.` } },
    },
  });
  const pairing = await db.prisma.pairing.create({
    data: {
      id: newId(),
      spaceId,
      channel: "telegram",
      subject: "person",
      externalId: newId(),
      displayName: `Mr ${SECRET_WORD}`,
      status: "asked",
      askedAt: at,
    },
  });
  const provider = await db.prisma.llmProvider.create({
    data: {
      ...{ id: newId(), spaceId, name: `Models of ${SECRET_WORD}`, kind: "compatible" },
      ...{ baseUrl: "http://127.0.0.1:9/v1", updatedBy: { type: "system", name: "test" } },
      ...{ createdAt: at, updatedAt: at },
    },
  });
  const told = { spaceId, updatedBy: { type: "system", name: "test" }, updatedAt: at };
  await db.prisma.projectContext.create({ data: { ...told, content: { about: text, keywords: [SECRET_WORD] } } });
  await db.prisma.promptOverride.create({
    data: {
      ...{ id: newId(), spaceId, useCase: "analysis.extract", version: 1, baseVersion: 1, system: text },
      ...{ changedBy: { type: "system", name: "test" }, changedAt: at },
    },
  });
  const replay = await db.prisma.replay.create({
    data: {
      ...{ id: newId(), spaceId, runId: run.id, promptKey: "1", createdBy: { type: "system", name: SECRET_WORD } },
      ...{ createdAt: at, batches: { create: { batchId: proposal.batchId! } } },
    },
  });
  const decision = await db.prisma.proposalDecision.create({
    data: {
      ...{
        id: newId(),
        spaceId,
        proposalId: proposal.id,
        action: "edited",
        actor: { type: "system", name: SECRET_WORD },
      },
      ...{ before: { title: text }, after: { title: text }, at },
    },
  });
  const rule = await db.prisma.approvalRule.create({
    data: {
      ...{ id: newId(), spaceId, name: text, conditions: {}, isOn: false, auditShare: 20, leastPrecision: 95 },
      ...{
        backtest: { from: null, decisions: 0, wouldApprove: 0, ofThoseApproved: 0, precision: null, examplesWrong: [] },
      },
      ...{ createdBy: { type: "system", name: "test" }, createdAt: at, updatedAt: at },
      audits: { create: { proposalId: proposal.id, spaceId, createdAt: at } },
    },
  });
  const gap = await makeGap(db, { spaceId, chatId: chat.id, contributorId: contributor.id, question: text });
  return {
    spaceId,
    chatId: chat.id,
    contributorId: contributor.id,
    messageId: message.id,
    runId: run.id,
    providerId: provider.id,
    replayId: replay.id,
    decisionId: decision.id,
    noteId: note.id,
    notePath: note.path,
    topicId: topic!.id,
    otherTopicId: otherTopic!.id,
    operationId: operation.id,
    conflictId: conflict.id,
    proposalId: proposal.id,
    targetId: target.id,
    pairingId: pairing.id,
    ruleId: rule.id,
    gapId: gap.id,
    // The same in every space: no commit has it.
    commitHash: note.commitHash,
  };
}

/** A question that the notes had no good answer to, with the conversation that it came up in. */
export async function makeGap(
  db: Db,
  given: { spaceId: string; chatId: string; contributorId: string; question: string; nearest?: string[]; at?: Date },
) {
  const { spaceId, chatId, contributorId, question } = given;
  const at = given.at ?? new Date();
  const conversationId = newId();
  await db.prisma.conversation.create({
    // One that is over: of those that go on, a person has one a chat.
    data: { id: conversationId, spaceId, chatId, contributorId, startedAt: at, endedAt: at },
  });
  const request = await db.prisma.request.create({
    data: {
      ...{ id: newId(), spaceId, conversationId, chatId, contributorId },
      ...{ mode: "ask", status: "done", prompt: question, createdAt: at },
    },
  });
  return db.prisma.gap.create({
    data: { id: newId(), spaceId, requestId: request.id, question, nearest: given.nearest ?? [], createdAt: at },
  });
}
