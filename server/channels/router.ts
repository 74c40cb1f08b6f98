import { z } from "zod";

import { PairingSubject } from "#prisma/enums.ts";
import { router, spaceProcedure } from "#server/trpc/base.ts";

import { decidePairing, listPairings, removePairing } from "./access-pairings.ts";
import { createLink, linkedTo, unlink } from "./links.ts";

const PairingId = z.object({ pairingId: z.uuid() });

export const channelsRouter = router({
  bot: spaceProcedure("viewer").query(({ ctx, signal }) =>
    ctx.bot.look({ signal: signal ?? new AbortController().signal }),
  ),
  pairings: spaceProcedure("admin").query(({ ctx, input }) => listPairings(ctx, input)),
  decide: spaceProcedure("admin")
    .input(PairingId.extend({ decision: z.enum(["approved", "refused"]) }))
    .mutation(({ ctx, input }) => decidePairing(ctx, input)),
  remove: spaceProcedure("admin")
    .input(PairingId)
    .mutation(({ ctx, input }) => removePairing(ctx, input)),
  invite: spaceProcedure("admin")
    .input(z.object({ subject: z.enum(PairingSubject) }))
    .mutation(({ ctx, input }) => createLink(ctx, { ...input, forMe: false }, { botName: ctx.bot.name })),
  linkMe: spaceProcedure("reviewer").mutation(({ ctx, input }) =>
    createLink(ctx, { ...input, subject: "person", forMe: true }, { botName: ctx.bot.name }),
  ),
  me: spaceProcedure("viewer").query(({ ctx, input }) => linkedTo(ctx, { ...input, userId: ctx.viewer.userId })),
  unlinkMe: spaceProcedure("reviewer").mutation(({ ctx, input }) =>
    unlink(ctx, { ...input, userId: ctx.viewer.userId }),
  ),
});
