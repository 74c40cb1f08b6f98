import { transaction, violatedConstraint } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { passedOver } from "#server/analysis/index.ts";
import { relatedNotes } from "#server/knowledge/index.ts";
import { ATOM_TYPES } from "#server/knowledge/schema.ts";
import { propose } from "#server/proposals/index.ts";
import { readSetting } from "#server/settings/index.ts";

import { modelFor } from "../model.ts";
import { actorOf, personOf } from "../person.ts";
import { RequestResult } from "../schema.ts";
import { wordsFor } from "../speech.ts";
import type { Outcome, Work } from "../work.ts";
import { contentOfNote, hashOf } from "./content.ts";
import { noteDecision, type NoteWords, shorten } from "./draft.ts";
import { bodyOf, commitNote, type Draft } from "./write.ts";

const MOST_TOPICS = 100;
const LONGEST_BODY = 20_000;

/** Note mode: what someone said becomes a note, or a proposal where the space wants each note reviewed. */
export async function writeNote(work: Work): Promise<Outcome> {
  const { ctx, deps, request, signal } = work;
  const startedMs = Date.now();
  const say = wordsFor(request.contributor);
  work.show({ text: say("core.stage.reading"), isWorking: true });
  const content = await contentOfNote(work);
  const hash = hashOf(content);
  if (hash === null) throw new AppError("invalid_input", say("core.failed.nothing"));
  const known = await claimContent(work, hash);
  if (known) return { result: known };

  const { isModel } = await deps.llm.providerFor(request.spaceId, "notes");
  if (isModel) work.show({ text: say("core.stage.thinking"), isWorking: true });
  const model = await modelFor(ctx.db, request);
  const input = { ...content, topics: await topicsOf(work) };
  const decided = await deps.llm
    .decide(noteDecision, input, {
      spaceId: request.spaceId,
      requestId: request.id,
      signal,
      ...(model ? { model } : {}),
    })
    .catch((error: unknown) => {
      // It answers, but not in a form that can be read, and another try would only cost more; or the money is spent.
      if (!(error instanceof AppError) || !["unavailable", "over_budget"].includes(error.code)) throw error;
      return { output: noteDecision.rules(input), generatedBy: "rules", fellBack: true };
    });
  const words = tidyWords(decided.output, say("note.files"));
  const text = [words.body, ...content.files.map((file) => file.text ?? "")].join("\n");
  const related = await relatedNotes(ctx, { spaceId: request.spaceId, title: words.title, text, tags: words.tags });
  const draft: Draft = { words, content, related, generatedBy: decided.generatedBy, fellBack: decided.fellBack };

  const missedIds = await passedOver(ctx, {
    spaceId: request.spaceId,
    messageIds: request.messages.filter(({ text }) => text !== "").map(({ id }) => id),
  });
  const isReviewed = (await readSetting(ctx.db, request.spaceId, "assistant.notes")) === "review";
  // Where it was proposed by a worker that died since, nothing is passed over any more.
  if (isReviewed || missedIds.length > 0 || (await proposedBefore(work))) {
    return { result: await proposeNote(work, draft, { startedMs, missedIds }) };
  }
  return { result: await commitNote(work, draft, { actor: await personOf(ctx, request.contributor), startedMs }) };
}

/**
 * Marks the request as the one that this content belongs to.
 * @returns what the first request for the same content brought, where there is one
 */
async function claimContent(
  { ctx, request }: Pick<Work, "ctx" | "request">,
  hash: string,
): Promise<RequestResult | null> {
  try {
    await ctx.db.pool.query("update requests set content_hash = $2 where id = $1", [request.id, hash]);
    return null;
  } catch (error) {
    if (violatedConstraint(error) !== "requests_content_key") throw error;
  }
  const first = await ctx.db.prisma.request.findFirst({
    where: {
      spaceId: request.spaceId,
      contentHash: hash,
      status: { in: ["working", "done"] },
      id: { not: request.id },
    },
  });
  const result = RequestResult.safeParse(first?.result);
  if (!first || !result.success) {
    // The other one is being written right now; it is known in a moment what became of it.
    throw new AppError("unavailable", "The same note is being written right now.");
  }
  if (result.data.type === "proposed") {
    const { proposalId, title } = result.data;
    const proposal = await ctx.db.prisma.proposal.findUnique({ where: { id: proposalId }, select: { status: true } });
    if (proposal && proposal.status !== "rejected") return { type: "duplicate", of: { noteId: null, path: "", title } };
    await ctx.db.pool.query("update requests set content_hash = null where id = $1", [first.id]);
    return claimContent({ ctx, request }, hash);
  }
  if (result.data.type !== "note") throw new Error(`A ${result.data.type} holds the content of a note.`);
  const { path } = result.data.note;
  const note = await ctx.db.prisma.note.findFirst({ where: { spaceId: request.spaceId, path } });
  if (note) return { type: "duplicate", of: { noteId: note.id, path, title: note.title } };
  // It was taken out of the knowledge base since: this one is new.
  await ctx.db.pool.query("update requests set content_hash = null where id = $1", [first.id]);
  return claimContent({ ctx, request }, hash);
}

/**
 * Puts a note before the reviewers. What runs had passed over is marked as missed, and rests on those messages alone: what was said
 * to ask for it is nobody's evidence.
 */
async function proposeNote(
  work: Work,
  draft: Draft,
  { startedMs, missedIds }: { startedMs: number; missedIds: string[] },
): Promise<RequestResult> {
  const { ctx, request } = work;
  const { words, content } = draft;
  const isMissed = missedIds.length > 0;
  // Media comes into the knowledge base with a note; what stands in the files is decided about with the words.
  const body = bodyOf(work, {
    ...draft,
    content: { ...content, files: content.files.map((file) => ({ ...file, path: null })) },
  });
  return transaction(ctx.db, async (tx) => {
    const [made] = await tx.query<{ result: unknown }>("select result from requests where id = $1 for update", [
      request.id,
    ]);
    const before = RequestResult.safeParse(made?.result);
    if (before.success) return before.data;
    const [proposalId] = await propose(
      tx,
      { ...ctx, actor: actorOf(request.contributor) },
      {
        ...{ spaceId: request.spaceId, runId: null, batchId: null, generatedBy: draft.generatedBy, isMissed },
        proposals: [
          {
            kind: isMissed && ATOMS.has(words.type) ? "atom" : "note",
            title: words.title,
            body: body.slice(0, LONGEST_BODY).toWellFormed(),
            details: {
              ...{ noteType: words.type, topic: words.topic, tags: words.tags, intent: "statement" },
              ...{ priority: null, category: null, assignee: null, due: null },
              ...{ links: [], aliases: [], retires: null },
            },
            confidence: isMissed ? "fair" : "strong",
            reasons: [isMissed ? "Someone in the chat asked for it." : "Someone wrote it as a note."],
            evidence: request.messages
              .filter(({ id, text }) => text !== "" && (!isMissed || missedIds.includes(id)))
              .map(({ id, text, revision }) => ({ messageId: id, revision, start: 0, end: text.length, quote: text })),
          },
        ],
      },
    );
    if (proposalId === undefined)
      throw new Error(`No proposal came of a note with ${content.messages.length} messages.`);
    const result: RequestResult = {
      ...{ type: "proposed", proposalId, title: words.title, tookMs: Date.now() - startedMs },
      ...(isMissed ? { isMissed } : {}),
    };
    await tx.query("update requests set result = $2 where id = $1", [request.id, JSON.stringify(result)]);
    return result;
  });
}

const ATOMS: ReadonlySet<string> = new Set(ATOM_TYPES);

async function proposedBefore({ ctx, request }: Work): Promise<boolean> {
  const row = await ctx.db.prisma.request.findUnique({ where: { id: request.id }, select: { result: true } });
  return RequestResult.safeParse(row?.result).data?.type === "proposed";
}

/** What a model or the rules said, in the lengths and forms that a note has. */
function tidyWords(words: NoteWords, fallback: string): NoteWords {
  const line = (text: string) => text.replaceAll("\0", "").toWellFormed().replaceAll(/\s+/gu, " ").trim();
  return {
    type: words.type,
    title: shorten(line(words.title), 120) || fallback,
    summary: shorten(line(words.summary), 200),
    // Lines as git leaves them in a conflict would stop whoever edits the note.
    body: words.body
      .replaceAll("\0", "")
      .toWellFormed()
      .replaceAll(/^(?=[<>|]{7})/gm, "\\"),
    topic: words.topic === null ? null : shorten(line(words.topic), 80) || null,
    tags: [...new Set(words.tags.map((tag) => shorten(line(tag).toLowerCase(), 40)).filter(Boolean))].slice(0, 5),
  };
}

async function topicsOf({ ctx, request }: Work): Promise<string[]> {
  const rows = await ctx.db.prisma.note.groupBy({
    by: ["topic"],
    where: { spaceId: request.spaceId, topic: { not: null } },
    orderBy: { _count: { topic: "desc" } },
    take: MOST_TOPICS,
  });
  return rows.flatMap(({ topic }) => topic ?? []);
}
