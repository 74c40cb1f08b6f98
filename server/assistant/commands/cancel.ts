import { cancelRequests } from "../request-presses.ts";
import type { Answer } from "./answer.ts";

/** Stops what the person has under way in this chat. What was waited for from them has been dropped with the message. */
export const cancel: Answer = async (_deps, ctx, { spaceId, chatId, contributorId, words }) => {
  const underWay = await ctx.db.prisma.request.findMany({
    where: {
      ...{ spaceId, chatId, contributorId, status: { in: ["gathering", "waiting", "working"] } },
      // Marked when the command was heard: what was asked since goes on.
      cancelAskedAt: { not: null },
    },
    select: { id: true },
  });
  const count = await cancelRequests(ctx, { spaceId, requestIds: underWay.map(({ id }) => id) });
  return { text: count > 0 ? words("commands.cancel.stopped", { count }) : words("commands.cancel.nothing") };
};
