import { z } from "zod";

import { AppError } from "#server/lib/errors.ts";
import { note } from "#server/lib/log.ts";

import { type CallOptions, tokensOf } from "./attempt.ts";
import type { Offer } from "./offers.ts";
import { throwIfStopped } from "./policies.ts";
import type { TargetsFor } from "./providers/targets.ts";
import type { Run } from "./run.ts";

export type EmbedOptions = CallOptions & { model: string };

/** One request holds no more. */
const MOST_TEXTS = 256;
/** Nor more characters than this in all: each may be a token, and a small machine has to be done in time. */
const MOST_CHARACTERS = 100_000;
/** A text counts up to here. */
const LONGEST_TEXT = 8_000;
const MOST_DIMENSIONS = 16_384;

const AnswerShape = z.object({
  data: z.array(
    z.object({ index: z.int().min(0).optional(), embedding: z.array(z.number()).min(1).max(MOST_DIMENSIONS) }),
  ),
});

/** What texts mean, as vectors of length 1, in their order; null where the endpoint does not offer it, or the money is spent. */
export async function embed(
  { run, targetsFor, offer }: { run: Run; targetsFor: TargetsFor; offer: Offer },
  texts: readonly string[],
  options: EmbedOptions,
): Promise<Float32Array[] | null> {
  throwIfStopped(options.signal);
  // One alone: vectors of another model cannot be compared with those that there are.
  const [target] = await targetsFor({ ...options, use: "embeddings" });
  if (!target) return null;
  const call = { useCase: "llm.embed", version: 1, promptKey: "1", options };
  const vectors: Float32Array[] = [];
  for (const input of requestsOf(texts)) {
    const found = await offer(target.key, () =>
      run<Float32Array[]>(call, [target], async ({ client, model, signal }) => {
        // Numbers, as not every endpoint knows another way to write them.
        const answer = await client.embeddings.create({ model, input, encoding_format: "float" }, { signal });
        const tokens = tokensOf(answer?.usage?.prompt_tokens, 0);
        const read = readVectors(answer, input.length);
        return read
          ? { type: "answer", answer: read, tokens }
          : { type: "unreadable", said: "", why: "there is not one vector for each text.", tokens };
      }),
    ).catch(nothingWithoutMoney);
    if (!found) return null;
    vectors.push(...found);
  }
  if (new Set(vectors.map((vector) => vector.length)).size > 1) {
    throw new AppError(
      "unavailable",
      `${options.model} gave vectors of different lengths. Nothing was taken from them; try again, or take another model for embeddings.`,
    );
  }
  return vectors;
}

/** Words find things without vectors, so spent money is no failure here. */
function nothingWithoutMoney(error: unknown): null {
  if (!(error instanceof AppError) || error.code !== "over_budget") throw error;
  note({ llmOverBudget: true });
  return null;
}

/** The texts as the endpoint gets them, split into requests that it takes. */
function requestsOf(texts: readonly string[]): string[][] {
  const requests: string[][] = [];
  let characters = 0;
  for (const text of texts) {
    // An empty text is refused, and half a character is no text.
    const plain = text.trim().slice(0, LONGEST_TEXT).toWellFormed() || "(empty)";
    const last = requests.at(-1);
    if (last && last.length < MOST_TEXTS && characters + plain.length <= MOST_CHARACTERS) {
      last.push(plain);
      characters += plain.length;
    } else {
      requests.push([plain]);
      characters = plain.length;
    }
  }
  return requests;
}

/** Null unless there is one vector for each text, all of one length and each with a direction. */
function readVectors(answer: unknown, count: number): Float32Array[] | null {
  const read = AnswerShape.safeParse(answer);
  if (!read.success) return null;
  const byIndex = new Map(read.data.data.map(({ index, embedding }, position) => [index ?? position, embedding]));
  const vectors: Float32Array[] = [];
  for (let index = 0; index < count; index += 1) {
    const vector = normalised(byIndex.get(index) ?? []);
    if (!vector || (vectors[0] && vectors[0].length !== vector.length)) return null;
    vectors.push(vector);
  }
  return read.data.data.length === count ? vectors : null;
}

/** The vector of length 1 in the same direction; null where it has none. */
function normalised(numbers: readonly number[]): Float32Array | null {
  const length = Math.hypot(...numbers);
  return Number.isFinite(length) && length > 0 ? Float32Array.from(numbers, (number) => number / length) : null;
}
