import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { eventsSince, presentNotice } from "./log.ts";

/** A client that was away for longer is told to look at everything again: `isComplete` is false. */
const CATCH_UP_LIMIT = 1_000;

export const eventsRouter = router({
  since: spaceProcedure("viewer")
    .input(z.object({ after: z.number().int().nonnegative() }))
    .query(async ({ ctx, input }) => {
      const events = await eventsSince(ctx.db, { ...input, limit: CATCH_UP_LIMIT + 1 });
      const isComplete = events.length <= CATCH_UP_LIMIT;
      // After the events, so that it is never before the last of them.
      const { eventSeq } = await ctx.db.prisma.space.findUniqueOrThrow({
        where: { id: input.spaceId },
        select: { eventSeq: true },
      });
      return { notices: isComplete ? events.map(presentNotice) : [], newest: Number(eventSeq), isComplete };
    }),
});
