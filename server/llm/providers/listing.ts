import type OpenAI from "openai";
import { z } from "zod";

import { isModelId } from "../provider.ts";
import { GITHUB_CATALOG } from "./kinds.ts";

const MOST_MODELS = 500;
/** Endpoints list `{ data: [{ id }] }`; GitHub's catalog, and some that are not quite OpenAI's, list the models alone. */
const Listed = z.union([z.object({ data: z.array(z.unknown()) }).transform(({ data }) => data), z.array(z.unknown())]);
const Model = z.object({ id: z.string() });

/**
 * The ids of the models that an endpoint lists, in its order, at most 500.
 * Throws what the SDK throws where it does not answer, and a TypeError where what it answers is no list.
 */
export async function listModels(client: OpenAI, kind: string, signal: AbortSignal): Promise<string[]> {
  const isGithub = kind === "github" && new URL(client.baseURL).origin === new URL(GITHUB_CATALOG).origin;
  const answer: unknown = await client.get(isGithub ? GITHUB_CATALOG : "/models", { signal });
  const listed = Listed.safeParse(answer);
  if (!listed.success) throw new TypeError("This is no list of models.");
  const ids = listed.data.map((each) => Model.safeParse(each).data?.id ?? "").filter(isModelId);
  return [...new Set(ids)].slice(0, MOST_MODELS);
}
