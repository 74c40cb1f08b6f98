import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { ProjectContext } from "../schema.ts";
import { changeContext, readContext } from "./context.ts";
import { contributorsOf } from "./given.ts";

export const contextRouter = router({
  read: spaceProcedure("viewer").query(({ ctx, input }) => readContext(ctx, input)),
  /** Who a person of the project can be in the chats. */
  contributors: spaceProcedure("viewer").query(({ ctx, input }) => contributorsOf(ctx, input.spaceId)),
  change: spaceProcedure("reviewer")
    .input(z.object({ content: ProjectContext, seenVersion: z.int32().min(0) }))
    .mutation(({ ctx, input }) => changeContext(ctx, input)),
});
