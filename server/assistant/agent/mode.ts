import { AppError } from "#server/lib/errors.ts";
import type { Kb } from "#server/kb/index.ts";

import { historyOf } from "../history.ts";
import { modelFor } from "../model.ts";
import { personOf } from "../person.ts";
import { wordsFor } from "../speech.ts";
import type { Outcome, Work } from "../work.ts";
import { openMeter } from "./limits.ts";
import { carryOut } from "./loop.ts";
import { openMemory } from "./memory.ts";
import { openOverlay } from "./overlay.ts";
import { addressesIn } from "./pages.ts";
import { openProgress } from "./progress.ts";
import { taskPrompt } from "./prompt.ts";
import type { Bench } from "./tool.ts";
import { countLines, type Draft, draftOf, keepDraft, resultOfCommit, type TaskResult, writeDraft } from "./write.ts";

const LONGEST_SUMMARY = 1_500;

/**
 * Agent mode: a model works on the knowledge base with tools until its task is done. What it changes is one commit at the end, or nothing.
 * A task whose worker died on the way to its commit is written as it was thought; one that was committed is told.
 */
export async function runTask(work: Work): Promise<Outcome> {
  const { ctx, deps, request } = work;
  const words = wordsFor(request.contributor);
  const kb = await deps.kbs.open(request.spaceId);
  const outcome = (result: TaskResult): Outcome => ({
    result: { ...result, tookMs: tookMs(work) },
    turns: { user: request.prompt, assistant: result.summary },
  });
  const draft = draftOf(request.result);
  if (draft) return outcome(await writeDraft(work, kb, draft, await personOf(ctx, request.contributor)));
  const written = await ctx.db.prisma.kbOperation.findFirst({ where: { id: request.id, commitHash: { not: null } } });
  const provider = await deps.llm.providerFor(request.spaceId, "agent");
  if (written?.commitHash) {
    const about = { summary: words("agent.written"), generatedBy: provider.model ?? "rules", tookMs: 0 };
    return outcome(await resultOfCommit(kb, written.commitHash, about));
  }
  if (!provider.isModel) throw new AppError("invalid_input", words("agent.noModel"));
  if (request.prompt.trim() === "") throw new AppError("invalid_input", words("agent.noWords"));
  const made = await think(work, kb, provider.model ?? "");
  await keepDraft(work, made);
  return outcome(await writeDraft(work, kb, made, await personOf(ctx, request.contributor)));
}

/** Lets the model work. Nothing of it is written yet. */
async function think(work: Work, kb: Kb, usual: string): Promise<Draft> {
  const { ctx, request } = work;
  const words = wordsFor(request.contributor);
  const [history, answered, base, chosen] = await Promise.all([
    historyOf(ctx, request),
    answeredMessage(work),
    kb.tree(),
    modelFor(ctx.db, request),
  ]);
  const own = [
    { text: request.prompt, entities: [] },
    ...request.messages,
    ...(answered ? [answered] : []),
    ...history.filter(({ role }) => role === "user").map(({ content }) => ({ text: content, entities: [] })),
  ];
  const files = request.messages
    .flatMap(({ attachments }) => attachments)
    .flatMap(({ name, kind, text }) => (text ? [{ name: name ?? kind, text }] : []));
  const message = answered && { author: answered.contributor?.displayName ?? request.chat.title, text: answered.text };

  const overlay = openOverlay(base);
  const memory = openMemory(ctx, request);
  const progress = openProgress(work);
  const meter = await openMeter(ctx, request.spaceId, words);
  const signal = AbortSignal.any([work.signal, meter.signal]);
  const bench: Bench = {
    ...{ work, kb, overlay, memory, chosen, model: chosen ?? usual, signal },
    ...{ addresses: addressesIn(own), deleted: new Set(), pagesRead: 0 },
  };
  const task = taskPrompt(request.prompt, { message, files });
  try {
    const summary = await carryOut(bench, {
      messages: [...history, { role: "user", content: task }],
      ...{ meter, progress },
    });
    const changes = await overlay.changes();
    return {
      type: "draft",
      result: {
        ...{ type: "task", summary: shorten(summary), files: countLines(changes), commitHash: null },
        ...{ tools: progress.counts(), ...meter.spent(), generatedBy: bench.model, tookMs: 0 },
      },
      base: base.head,
      changes: changes.map(({ path, after }) => ({ path, after })),
      memories: memory.added(),
    };
  } catch (error) {
    // The time is over, not the person's patience.
    if (meter.signal.aborted && !work.signal.aborted) meter.check(0, progress.counts());
    throw error;
  } finally {
    meter.stop();
  }
}

/** The message that the task answers, in the same chat, where we know it. */
async function answeredMessage({ ctx, request }: Work) {
  const externalId = request.messages.find(({ replyToExternalId }) => replyToExternalId !== null)?.replyToExternalId;
  if (!externalId) return null;
  return ctx.db.prisma.message.findFirst({
    where: { chatId: request.chatId, externalId },
    include: { contributor: { select: { displayName: true } } },
  });
}

const tookMs = ({ ctx, request }: Work) =>
  Math.max(0, ctx.now().getTime() - (request.startedAt ?? request.createdAt).getTime());

/** The last words of a model as they are kept and shown. */
function shorten(text: string): string {
  const plain = text.replaceAll("\0", "").toWellFormed().trim();
  return plain.length > LONGEST_SUMMARY ? `${plain.slice(0, LONGEST_SUMMARY - 1).toWellFormed()}…` : plain;
}
