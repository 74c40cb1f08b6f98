import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { changePrompt, listPrompts, type PromptSource } from "./prompts/changes.ts";
import { ChangedProvider, Choices, chooseModels, NewProvider, removeProvider } from "./providers/commands.ts";
import { monthsSpending } from "./spending.ts";

const ProviderId = z.object({ providerId: z.uuid() });

/** Who answers in a space, and what it costs. No key ever comes out of here. */
export const modelsRouter = router({
  list: spaceProcedure("admin").query(({ ctx, input }) => ctx.llm.providers.list(ctx, input)),
  addProvider: spaceProcedure("admin")
    .input(NewProvider)
    .mutation(({ ctx, input }) => ctx.llm.providers.add(ctx, input)),
  changeProvider: spaceProcedure("admin")
    .input(ChangedProvider)
    .mutation(({ ctx, input }) => ctx.llm.providers.change(ctx, input)),
  removeProvider: spaceProcedure("admin")
    .input(ProviderId)
    .mutation(({ ctx, input }) => removeProvider(ctx, input)),
  test: spaceProcedure("admin")
    .input(ProviderId)
    .mutation(({ ctx, input }) => ctx.llm.providers.test(ctx, input)),
  /** The models of a provider, or of the environment's endpoint. */
  available: spaceProcedure("admin")
    .input(z.object({ providerId: z.uuid().nullable() }))
    .query(({ ctx, input: { spaceId, providerId }, signal }) =>
      providerId === null
        ? ctx.llm.models(signal ?? new AbortController().signal)
        : ctx.llm.providers.available(ctx, { spaceId, providerId }),
    ),
  choose: spaceProcedure("admin")
    .input(Choices)
    .mutation(({ ctx, input }) => chooseModels(ctx, input)),
  /** What a run may be read by. */
  choices: spaceProcedure("reviewer").query(({ ctx, input }) => ctx.llm.providers.forRuns(ctx, input)),
  spending: spaceProcedure("viewer").query(({ ctx, input }) => monthsSpending(ctx, input)),
});

const MAX_SYSTEM = 20_000;
const UseCase = z.object({ useCase: z.string().max(100) });
/** The newest change in the prompt's history that was seen, 0 for none. */
const SeenVersion = z.int().min(0);

/** @param sources every prompt that a space may put into its own words */
export function createPromptsRouter(sources: readonly PromptSource[]) {
  return router({
    list: spaceProcedure("admin").query(({ ctx, input }) => listPrompts(sources, ctx, input)),
    change: spaceProcedure("admin")
      .input(
        UseCase.extend({
          system: z
            .string()
            .max(MAX_SYSTEM, `A prompt has at most ${MAX_SYSTEM.toLocaleString("en")} characters.`)
            .refine((text) => text.trim() !== "", "A prompt needs words.")
            .refine(
              (text) => text.isWellFormed() && !text.includes("\0"),
              "The words hold characters that no text has. Take them out.",
            ),
          seenVersion: SeenVersion,
        }),
      )
      .mutation(({ ctx, input }) => changePrompt(sources, ctx, input)),
    reset: spaceProcedure("admin")
      .input(UseCase.extend({ seenVersion: SeenVersion.optional() }))
      .mutation(({ ctx, input }) => changePrompt(sources, ctx, { ...input, system: null })),
  });
}
