import { z } from "zod";

import { requireRole } from "#server/auth/index.ts";
import { AppError } from "#server/lib/errors.ts";
import { clientRealtimeOptions } from "#server/realtime/index.ts";

import { router, userProcedure } from "./base.ts";

/** What every page shows around its content. */
export const shellRouter = router({
  /** The space to begin with, or null for someone who is in none. */
  home: userProcedure.query(async ({ ctx }) => {
    const membership = await ctx.db.prisma.membership.findFirst({
      where: { userId: ctx.viewer.userId },
      orderBy: { createdAt: "asc" },
      select: { space: { select: { slug: true } } },
    });
    return { slug: membership?.space.slug ?? null };
  }),

  bySlug: userProcedure.input(z.object({ slug: z.string().max(100) })).query(async ({ ctx, input }) => {
    const found = await ctx.db.prisma.space.findUnique({
      where: { slug: input.slug },
      select: { id: true, eventSeq: true },
    });
    if (!found) throw new AppError("not_found", "There is no such space, or you are not in it.");
    const { userId, name, email } = ctx.viewer;
    const { space, role } = await requireRole(ctx.db, { userId, spaceId: found.id, role: "viewer" });
    const memberships = await ctx.db.prisma.membership.findMany({
      where: { userId },
      orderBy: { createdAt: "asc" },
      select: { role: true, space: { select: { id: true, slug: true, name: true } } },
    });
    return {
      user: { id: userId, name, email },
      space,
      role,
      spaces: memberships.map((membership) => ({ ...membership.space, role: membership.role })),
      provider: ctx.llm.provider,
      realtime: clientRealtimeOptions(ctx.realtime),
      /** Where the log stood when this was read: what comes after it, the browser hears or asks for. */
      newestSeq: Number(found.eventSeq),
    };
  }),
});
