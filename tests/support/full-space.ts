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
  const gap = await makeGap(db, { spaceId, chatId: chat.id, contributorId: contributor.id, question: text });
  return {
    spaceId,
    chatId: chat.id,
    contributorId: contributor.id,
    messageId: message.id,
    runId: run.id,
    noteId: note.id,
    notePath: note.path,
    operationId: operation.id,
    conflictId: conflict.id,
    proposalId: proposal.id,
    targetId: target.id,
    pairingId: pairing.id,
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
