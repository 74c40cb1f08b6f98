import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import { z } from "zod";

import { requireRole } from "#server/auth/index.ts";
import type { Role, Viewer } from "#server/auth/schema.ts";
import type { Bot } from "#server/channels/index.ts";
import type { Kbs } from "#server/kb/index.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import { note, unit } from "#server/lib/log.ts";
import type { Llm } from "#server/llm/index.ts";
import type { RealtimeSettings } from "#server/realtime/index.ts";

import { answerFor, expectedError, toTrpcError } from "./errors.ts";

/** What every call gets, besides the ctx of commands. */
export type TrpcContext = Omit<Ctx, "actor"> & {
  /** Looked up once a request, when the first call asks. */
  findViewer: () => Promise<Viewer | null>;
  requestId: string;
  llm: Llm;
  kbs: Kbs;
  realtime: RealtimeSettings;
  bot: Bot;
};

/** Who may call a procedure: whoever is signed in, or has at least this role in the space that the input names. */
export type Access = "signed-in" | Role;

const t = initTRPC
  .context<TrpcContext>()
  .meta<{ access: Access }>()
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

export const router = t.router;

// Not exported, and nothing else that begins a procedure is: each has to say who may call it. A test walks them all.
const logged = t.procedure
  .use(async ({ next }) => {
    const result = await next();
    if (!result.ok) throw toTrpcError(result.error);
    return result;
  })
  .use(({ ctx, path, type, getRawInput, next }) =>
    unit(ctx.log, `trpc.${path}`, { type, requestId: ctx.requestId }, async () => {
      await getRawInput().catch((cause: unknown) => {
        throw new AppError("invalid_input", "The input of this call is not JSON in the form of superjson.", { cause });
      });
      const result = await next();
      // The line says "refused" for what we expect, and shouts for the rest.
      if (!result.ok) throw expectedError(result.error) ?? result.error.cause ?? result.error;
      return result;
    }),
  );

/** Whoever is signed in, whatever space they are in. */
export const userProcedure = logged.meta({ access: "signed-in" }).use(async ({ ctx, next }) => {
  const viewer = await ctx.findViewer();
  if (!viewer) throw new AppError("unauthenticated", "You are not signed in. Sign in, then try again.");
  note({ userId: viewer.userId });
  const actor: Actor = { type: "user", userId: viewer.userId, name: viewer.name };
  return next({ ctx: { viewer, actor } });
});

/** Whoever has at least this role in the space that the input names. It is checked before the rest of the input is looked at. */
export function spaceProcedure(role: Role) {
  return userProcedure
    .meta({ access: role })
    .input(z.object({ spaceId: z.uuid() }))
    .use(async ({ ctx, input, next }) => {
      note({ spaceId: input.spaceId });
      const membership = await requireRole(ctx.db, { userId: ctx.viewer.userId, spaceId: input.spaceId, role });
      return next({ ctx: membership });
    });
}
