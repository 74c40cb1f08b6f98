import { router, spaceProcedure } from "#server/trpc/base.ts";

import { pressInWebChat } from "./web-press.ts";
import { listGaps, settleGap, SettleGapInput } from "./gaps.ts";
import { SendInput, TapInput } from "./schema.ts";
import { sendWebMessage, webChat } from "./web-chat.ts";

/** The chat with the assistant in the dashboard; everybody has their own. */
export const chatRouter = router({
  list: spaceProcedure("viewer").query(({ ctx, input }) => webChat(ctx, { ...input, userId: ctx.viewer.userId })),
  send: spaceProcedure("reviewer")
    .input(SendInput)
    .mutation(({ ctx, input: { spaceId, text, files, language } }) =>
      sendWebMessage(ctx, {
        ...{ spaceId, text, language, user: { id: ctx.viewer.userId, name: ctx.viewer.name } },
        files: files.map(({ name, mime, base64 }) => ({ name, mime, bytes: Buffer.from(base64, "base64") })),
      }),
    ),
  tap: spaceProcedure("reviewer")
    .input(TapInput)
    .mutation(({ ctx, input }) => pressInWebChat(ctx, { ...input, userId: ctx.viewer.userId })),
});

/** The questions that the notes had no good answer to. */
export const gapsRouter = router({
  list: spaceProcedure("viewer").query(({ ctx, input }) => listGaps(ctx, input)),
  settle: spaceProcedure("reviewer")
    .input(SettleGapInput)
    .mutation(({ ctx, input }) => settleGap(ctx, input)),
});
