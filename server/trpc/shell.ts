import { z } from "zod";

import { membershipsOf } from "#server/auth/index.ts";
import { AppError } from "#server/lib/errors.ts";
import { clientRealtimeOptions } from "#server/realtime/index.ts";

import { router, userProcedure } from "./base.ts";

/** What every page shows around its content. */
export const shellRouter = router({
  /** The space to begin with: the first that this user came into. Null for someone who is in none. */
  home: userProcedure.query(async ({ ctx }) => {
    const membership = await ctx.db.prisma.membership.findFirst({
      where: { userId: ctx.viewer.userId },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      select: { space: { select: { slug: true } } },
    });
    return { slug: membership?.space.slug ?? null };
  }),

  bySlug: userProcedure.input(z.object({ slug: z.string() })).query(async ({ ctx, input }) => {
    const { userId, name, email } = ctx.viewer;
    // Anybody may write an address; with the character 0 in it Postgres cannot even be asked.
    if (input.slug.includes("\0")) throw noSuchSpace();
    // Before all else, so that what changes while this is read counts as not yet seen.
    const log = await ctx.db.prisma.space.findUnique({ where: { slug: input.slug }, select: { eventSeq: true } });
    const memberships = await membershipsOf(ctx.db, userId);
    const current = memberships.find((each) => each.space.slug === input.slug);
    if (!log || !current) throw noSuchSpace();
    return {
      user: { id: userId, name, email },
      space: current.space,
      role: current.role,
      spaces: memberships.map(({ space, role }) => ({ id: space.id, slug: space.slug, name: space.name, role })),
      provider: await ctx.llm.providerFor(current.space.id, "extraction"),
      realtime: clientRealtimeOptions(ctx.realtime),
      /** Where the log stood when this was read: what comes after it, the browser hears or asks for. */
      newestSeq: Number(log.eventSeq),
    };
  }),
});

function noSuchSpace() {
  return new AppError("not_found", "There is no such space, or you are not a member of it.");
}
