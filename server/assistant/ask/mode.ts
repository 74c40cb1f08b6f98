import {
  type Confidence,
  confidenceOf,
  embedderOf,
  findPassages,
  type Passage,
  quoteFor,
  quoteText,
} from "#server/knowledge/index.ts";
import type { ChatMessage } from "#server/llm/index.ts";

import { historyOf } from "../history.ts";
import { modelFor } from "../model.ts";
import type { RequestResult } from "../schema.ts";
import { wordsFor } from "../speech.ts";
import type { Outcome, Work } from "../work.ts";
import { type Cited, citeSources } from "./cite.ts";
import { ANSWER, questionPrompt } from "./prompt.ts";
import { writeLive } from "./write-live.ts";

const MOST_PASSAGES = 8;
const MOST_QUOTED = 3;
/** A question that says "it" or "and" is about what was asked before it, unless it is long enough to say so itself. */
const FOLLOW_UP =
  /^\s*(?:and|but|or|what about|how about|а|и|но)(?!\p{L})|(?<!\p{L})(?:it|its|he|she|him|her|his|they|them|their|that|this|those|these|there|он|она|оно|они|его|её|ее|их|ему|ей|им|там|это|этот|эта|этого|этом)(?!\p{L})/iu;
const FOLLOW_UP_WORDS = 12;

type Answer = { text: string; cited: Cited[]; generatedBy: string; fellBack: boolean };

/**
 * Ask mode: finds what the notes say and answers from that alone, with numbered sources. Without a model, or when it does not answer,
 * the best passages are quoted. What the notes do not say is a gap that reviewers see.
 */
export async function answerQuestion(work: Work): Promise<Outcome> {
  const { ctx, request } = work;
  const startedMs = Date.now();
  const words = wordsFor(request.contributor);
  const history = await historyOf(ctx, { conversationId: request.conversationId });
  const passages = await readPassages(work, asked(request.prompt, history));
  const confidence = confidenceOf(passages);
  const result = (answer: Answer, sure: Confidence): Extract<RequestResult, { type: "answer" }> => ({
    type: "answer",
    text: answer.text,
    sources: answer.cited.map(({ number, passage }) => ({
      ...{ number, noteId: passage.noteId, path: passage.path, title: passage.title, line: passage.line },
      heading: passage.headings.at(-1) ?? null,
    })),
    confidence: sure,
    generatedBy: answer.generatedBy,
    fellBack: answer.fellBack,
    tookMs: Date.now() - startedMs,
  });
  const answer = confidence === "none" ? null : await compose(work, history, passages);
  if (answer) {
    const turns = { user: request.prompt, assistant: answer.text };
    const gap = confidence === "weak" ? { gap: { nearest: nearest(passages) } } : {};
    return { result: result(answer, confidence), turns, ...gap };
  }
  const unknown: Answer = {
    text: words("ask.unknown"),
    cited: onePerNote(passages).map((passage, index) => ({ number: index + 1, passage })),
    generatedBy: "rules",
    fellBack: false,
  };
  return {
    result: result(unknown, "none"),
    turns: { user: request.prompt, assistant: unknown.text },
    gap: { nearest: nearest(passages) },
  };
}

/** @returns null where the model read the passages and found no answer in them */
async function compose(work: Work, history: ChatMessage[], passages: Passage[]): Promise<Answer | null> {
  const { isModel } = await work.deps.llm.providerFor(work.request.spaceId, "answers");
  if (!isModel) return quoted(work, passages, false);
  const ended = await askModel(work, history, passages);
  if (ended.type === "down") return quoted(work, passages, true);
  const { text, cited, isUnknown } = citeSources(ended.text, passages);
  if (isUnknown) return null;
  // What rests on nothing that was read is no answer: the notes speak for themselves then.
  if (cited.length === 0) return { ...quoted(work, passages, false), generatedBy: ended.model };
  return { text, cited, generatedBy: ended.model, fellBack: false };
}

/** The model's answer, shown while it is written. */
async function askModel(work: Work, history: ChatMessage[], passages: Passage[]) {
  const { deps, ctx, request, signal } = work;
  const model = await modelFor(ctx.db, request);
  const writing = await writeLive(work);
  const question = { role: "user" as const, content: questionPrompt(request.prompt, passages) };
  try {
    return await deps.llm.stream(
      { ...ANSWER, messages: [...history, question] },
      { spaceId: request.spaceId, requestId: request.id, signal, onText: writing.show, ...(model ? { model } : {}) },
    );
  } finally {
    await writing.stop();
  }
}

/** The best passages in their own words. */
function quoted({ request }: Work, passages: Passage[], fellBack: boolean): Answer {
  const words = wordsFor(request.contributor);
  const cited = onePerNote(passages)
    .slice(0, MOST_QUOTED)
    .map((passage, index) => ({ number: index + 1, passage }));
  const quotes = cited.map(
    ({ number, passage }) => `${quoteText(unquoted(quoteFor(request.prompt, passage)))} [${number}]`,
  );
  return { text: [words("ask.quoted"), ...quotes].join("\n\n"), cited, generatedBy: "rules", fellBack };
}

async function readPassages({ deps, ctx, request, signal }: Work, question: string): Promise<Passage[]> {
  const { id: requestId, spaceId } = request;
  const embedder = await embedderOf(deps, ctx, { spaceId, requestId });
  return findPassages({ embedder }, ctx, { spaceId, question, limit: MOST_PASSAGES, signal });
}

/** What is looked for: a question that points back is about what the one before it was about. */
function asked(prompt: string, history: ChatMessage[]): string {
  const pointsBack = FOLLOW_UP.test(prompt) && prompt.trim().split(/\s+/u).length <= FOLLOW_UP_WORDS;
  const last = history.findLast(({ role }) => role === "user");
  return pointsBack && last ? `${prompt}\n${last.content}` : prompt;
}

function onePerNote(passages: Passage[]): Passage[] {
  return passages.filter(({ noteId }, index) => passages.findIndex((each) => each.noteId === noteId) === index);
}

/** A quotation in a note is not one in an answer. */
const unquoted = (text: string) => text.replaceAll(/^[ \t]*(?:>[ \t]?)+/gm, "");

const nearest = (passages: Passage[]) =>
  onePerNote(passages)
    .map(({ noteId }) => noteId)
    .slice(0, MOST_QUOTED);
