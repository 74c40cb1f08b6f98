import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import { z } from "zod";

import type { Role } from "#prisma/enums.ts";
import { requireRole } from "#server/auth/index.ts";
import type { Viewer } from "#server/auth/schema.ts";
import type { Kbs } from "#server/kb/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import { note, unit } from "#server/lib/log.ts";
import type { Llm } from "#server/llm/index.ts";
import type { RealtimeSettings } from "#server/realtime/index.ts";

import { answerFor, toTrpcError } from "./errors.ts";

/** What every call gets, besides the ctx of commands. */
export type TrpcContext = Omit<Ctx, "actor"> & {
  viewer: Viewer | null;
  requestId: string;
  llm: Llm;
  kbs: Kbs;
  realtime: RealtimeSettings;
};

/** Who may call a procedure; a test walks them all by it. */
export type Access = "anyone" | "signed-in" | Role;
type Meta = { access: Access };

const t = initTRPC
  .context<TrpcContext>()
  .meta<Meta>()
  .create({
    transformer: superjson,
    errorFormatter: ({ shape, error, ctx }) => ({
      ...shape,
      message: answerFor(error, ctx?.requestId),
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        path: shape.data.path,
        requestId: ctx?.requestId,
      },
    }),
  });

export const { router, createCallerFactory } = t;

/** One line per call, and one translation of what commands throw. */
const logged = t.procedure.use(({ ctx, path, type, next }) =>
  unit(ctx.log, `trpc.${path}`, { type, requestId: ctx.requestId, userId: ctx.viewer?.userId }, async () => {
    const result = await next();
    if (!result.ok) throw toTrpcError(result.error);
    return result;
  }),
);

/** Anyone may call it, signed in or not. */
export const publicProcedure = logged.meta({ access: "anyone" });

/** Whoever is signed in, in whatever space. */
export const userProcedure = logged.meta({ access: "signed-in" }).use(({ ctx, next }) => {
  const viewer = requireViewer(ctx.viewer);
  return next({ ctx: { viewer, actor: { type: "user" as const, userId: viewer.userId, name: viewer.name } } });
});

/** Whoever has at least this role in the space that the input names. */
export function spaceProcedure(role: Role) {
  return logged
    .meta({ access: role })
    .input(z.object({ spaceId: z.uuid() }))
    .use(async ({ ctx, input, next }) => {
      const viewer = requireViewer(ctx.viewer);
      note({ spaceId: input.spaceId });
      const access = await requireRole(ctx.db, { userId: viewer.userId, spaceId: input.spaceId, role });
      return next({
        ctx: { ...access, viewer, actor: { type: "user" as const, userId: viewer.userId, name: viewer.name } },
      });
    });
}

function requireViewer(viewer: Viewer | null): Viewer {
  if (!viewer) throw new AppError("unauthenticated", "You are not signed in. Sign in, then try again.");
  return viewer;
}
