import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { readSettings } from "#server/settings/index.ts";

import { changeSession, endSession, openSession, withSession } from "./conversations.ts";
import type { HeardMessage } from "./heard.ts";
import { runCommand, takeInput } from "./jobs.ts";
import { takeRequest } from "./requests.ts";
import { AssistantMode } from "./schema.ts";

const WEB_WINDOW_S = 1;
/** Commands besides those of the three modes; see `commands/`. */
const COMMANDS = new Set(["start", "help", "reset", "model", "settings", "status", "me", "kb", "cancel"]);

/**
 * Decides what a message wants of the assistant: nothing, a request, a command, or to answer what it was asked. In the transaction that
 * recorded the message; everything that takes time is a job. What changes the conversation is done here, so that the next message
 * of the chat finds it done.
 */
export async function hear(tx: Tx, ctx: Ctx, heard: HeardMessage): Promise<void> {
  const { command } = heard;
  if (command) {
    if (isMode(command.name)) await takeMode(tx, ctx, heard, command.name, command.words);
    else if (COMMANDS.has(command.name) || heard.isPrivate) await takeCommand(tx, ctx, heard, command);
    return;
  }
  if (!heard.isAddressed) return;
  const limits = await limitsOf(tx, heard);
  await withSession(tx, ctx, heard, async (session) => {
    if (session.pendingInput && (heard.isPrivate || heard.answersWinnow)) return answerPending(tx, ctx, heard);
    // Whoever calls Winnow by its name in a group wants to know something.
    const mode = heard.isPrivate ? session.mode : "ask";
    return takeRequest(tx, ctx, heard, session, { mode, prompt: heard.text }, limits);
  });
}

/** Someone marked a message as worth keeping: it becomes a note, once, however many mark it. */
export async function keepMessage(tx: Tx, ctx: Ctx, heard: HeardMessage): Promise<void> {
  const [kept] = await tx.query(
    `select from messages m join requests r on r.id = m.request_id
      where m.id = $1 and r.mode = 'note' and r.status not in ('failed', 'cancelled')`,
    [heard.messageId],
  );
  if (kept) return;
  const limits = await limitsOf(tx, heard);
  await withSession(tx, ctx, heard, (session) =>
    takeRequest(tx, ctx, heard, session, { mode: "note", prompt: "" }, limits),
  );
}

async function takeMode(tx: Tx, ctx: Ctx, heard: HeardMessage, mode: AssistantMode, words: string): Promise<void> {
  const hasContent = words !== "" || heard.hasFiles || heard.repliesToMessageId !== null;
  if (!hasContent) {
    // In a group a mode would catch what people say to each other.
    if (heard.isPrivate) await changeSession(tx, ctx, heard, { mode, pendingInput: null });
    await takeCommand(tx, ctx, heard, { name: mode, words: "" });
    return;
  }
  const limits = await limitsOf(tx, heard);
  await withSession(tx, ctx, heard, async (session) => {
    // Who asks for something else does not answer any more.
    if (session.pendingInput) await changeSession(tx, ctx, heard, { pendingInput: null });
    return takeRequest(tx, ctx, heard, session, { mode, prompt: words }, limits);
  });
}

async function takeCommand(
  tx: Tx,
  ctx: Ctx,
  heard: HeardMessage,
  { name, words }: { name: string; words: string },
): Promise<void> {
  if (name === "reset") await endSession(tx, ctx, heard);
  if (name === "cancel") {
    await changeSession(tx, ctx, heard, { pendingInput: null });
    // What is said from now on is something new, and is not cancelled with it.
    await tx.query(
      `update requests set cancel_asked_at = $3
        where chat_id = $1 and contributor_id = $2 and status in ('gathering', 'waiting', 'working') and cancel_asked_at is null`,
      [heard.chatId, heard.contributorId, ctx.now()],
    );
    await tx.query(
      "update bursts set closed_at = $3 where chat_id = $1 and contributor_id = $2 and closed_at is null",
      [heard.chatId, heard.contributorId, ctx.now()],
    );
  }
  await enqueue(tx, runCommand, { spaceId: heard.spaceId, messageId: heard.messageId, name, words });
}

/** @returns null where nothing is waited for any more */
async function answerPending(tx: Tx, ctx: Ctx, heard: HeardMessage): Promise<true | null> {
  const { pendingInput: pending } = await openSession(tx, ctx, heard);
  if (!pending) return null;
  await changeSession(tx, ctx, heard, { pendingInput: null });
  if ("until" in pending && new Date(pending.until) < ctx.now()) return null;
  await enqueue(tx, takeInput, { spaceId: heard.spaceId, messageId: heard.messageId, pending });
  return true;
}

async function limitsOf(tx: Tx, { spaceId, channel }: HeardMessage) {
  const read = await readSettings(tx, spaceId, [
    "messages.groupWindowS",
    "assistant.perPersonPerMinute",
    "assistant.perSpacePerMinute",
  ]);
  return {
    // In a field for text Enter means that it is done.
    windowS: channel === "web" ? Math.min(WEB_WINDOW_S, read["messages.groupWindowS"]) : read["messages.groupWindowS"],
    perPersonPerMinute: read["assistant.perPersonPerMinute"],
    perSpacePerMinute: read["assistant.perSpacePerMinute"],
  };
}

const isMode = (name: string): name is AssistantMode => Object.hasOwn(AssistantMode, name);
