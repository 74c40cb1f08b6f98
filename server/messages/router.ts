import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { listChats, listMessages, listRevisions, ListInput, messagesAround } from "./queries.ts";
import { isTimeZone, setTimeZone } from "./time-zone.ts";

const MessageId = z.object({ messageId: z.uuid() });

export const messagesRouter = router({
  list: spaceProcedure("viewer")
    .input(ListInput)
    .query(({ ctx, input }) => listMessages(ctx, input)),
  around: spaceProcedure("viewer")
    .input(MessageId.extend({ radius: z.number().int().min(1).max(50).default(5) }))
    .query(({ ctx, input }) => messagesAround(ctx, input)),
  chats: spaceProcedure("viewer").query(({ ctx, input }) => listChats(ctx, input)),
  revisions: spaceProcedure("viewer")
    .input(MessageId)
    .query(({ ctx, input }) => listRevisions(ctx, input)),
  setTimeZone: spaceProcedure("admin")
    .input(
      z.object({
        chatId: z.uuid(),
        timeZone: z
          .string()
          .max(60)
          .refine(isTimeZone, "There is no such time zone. Choose one by its name, such as Europe/Berlin.")
          .nullable(),
      }),
    )
    .mutation(({ ctx, input }) => setTimeZone(ctx, input)),
});
