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
      const notices = events.slice(0, CATCH_UP_LIMIT).map(presentNotice);
      const { eventSeq } = await ctx.db.prisma.space.findUniqueOrThrow({ where: { id: input.spaceId } });
      return { notices, newest: Number(eventSeq), isComplete: events.length <= CATCH_UP_LIMIT };
    }),
});
