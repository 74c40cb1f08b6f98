import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { noteById, noteTree, searchNotes } from "./queries.ts";

export const knowledgeRouter = router({
  tree: spaceProcedure("viewer").query(({ ctx, input }) => noteTree(ctx, input)),
  note: spaceProcedure("viewer")
    .input(z.object({ noteId: z.uuid() }))
    .query(({ ctx, input }) => noteById(ctx, input)),
  search: spaceProcedure("viewer")
    .input(z.object({ query: z.string().max(1_000) }))
    .query(({ ctx, input }) => searchNotes(ctx, input)),
});
