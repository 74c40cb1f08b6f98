import type { z } from "zod";

import type { Kb } from "#server/kb/index.ts";
import { AppError, invalidInput } from "#server/lib/errors.ts";
import type { ToolCall, ToolSpec } from "#server/llm/index.ts";

import type { Work } from "../work.ts";
import type { Memory } from "./memory.ts";
import type { Overlay } from "./overlay.ts";

/** What the tools of one task work on, and nothing else: no shell, no disk, no other knowledge base, no memory of others. */
export type Bench = {
  work: Work;
  kb: Kb;
  overlay: Overlay;
  memory: Memory;
  /** The addresses that may be opened; see `addressesIn`. */
  addresses: ReadonlySet<string>;
  /** Aborted when the person cancels, the worker stops or the time is over. */
  signal: AbortSignal;
  /** The model that the person has chosen; undefined: whichever the space has for tasks. */
  chosen: string | undefined;
  /** The model that answered last, for what it writes. */
  model: string;
  /** Notes that were deleted so far. */
  deleted: Set<string>;
  pagesRead: number;
};

/** A tool as the model sees it, and what it does. */
export type Tool = {
  spec: ToolSpec;
  /** What a call is about, in a few words for people: a path, a question. */
  about: (args: Record<string, unknown>) => string;
  /** @returns what came of it, for the model. @throws AppError with what the model should know */
  run: (bench: Bench, args: unknown) => Promise<string>;
};

/** Declares a tool. Lengths are looked at where the arguments are used: not every endpoint takes schemas that name them. */
export function defineTool<Shape extends z.ZodObject>(tool: {
  name: string;
  description: string;
  parameters: Shape;
  about?: keyof z.output<Shape> & string;
  run: (bench: Bench, args: z.output<Shape>) => Promise<string>;
}): Tool {
  const { name, description, parameters, about, run } = tool;
  return {
    spec: { name, description, parameters },
    about: (args) => {
      const value = about === undefined ? "" : args[about];
      return typeof value === "string" ? value : "";
    },
    run: async (bench, args) => {
      const read = parameters.safeParse(withNulls(parameters, args));
      if (!read.success) throw invalidInput(read.error);
      return run(bench, read.data);
    },
  };
}

/** The arguments of a call as an object. @throws AppError `invalid_input` where they are none */
export function argumentsOf(call: ToolCall): Record<string, unknown> {
  const value = call.arguments.type === "json" ? call.arguments.value : null;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new AppError("invalid_input", "The arguments are no JSON object, so nothing was done. Call the tool again.");
}

/** What a model left out counts as null. */
function withNulls(parameters: z.ZodObject, args: unknown): unknown {
  if (typeof args !== "object" || args === null) return args;
  return { ...Object.fromEntries(Object.keys(parameters.shape).map((key) => [key, null])), ...args };
}
