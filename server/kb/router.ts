import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { listHomes, moveHome } from "./home.ts";
import { kbConflict, kbConflicts, kbLockTimes, kbOperation, kbOperations, kbQueue, kbStatus } from "./queries.ts";
import { requestResolution } from "./resolve.ts";
import { requestSync, retryOperation } from "./retry.ts";
import { ResolveInput } from "./schema.ts";

const OperationId = z.object({ operationId: z.uuid() });

export const kbRouter = router({
  status: spaceProcedure("viewer").query(({ ctx, input }) => kbStatus(ctx, input)),
  queue: spaceProcedure("viewer").query(({ ctx, input }) => kbQueue(ctx, input)),
  operations: spaceProcedure("viewer")
    .input(z.object({ cursor: z.uuid().optional(), status: z.enum(["failed", "conflicted"]).optional() }))
    .query(({ ctx, input }) => kbOperations(ctx, input)),
  operation: spaceProcedure("viewer")
    .input(OperationId)
    .query(({ ctx, input }) => kbOperation(ctx, input)),
  lockTimes: spaceProcedure("viewer")
    .input(z.object({ days: z.number().int().min(1).max(90) }))
    .query(({ ctx, input }) => kbLockTimes(ctx, input)),
  conflicts: spaceProcedure("viewer").query(({ ctx, input }) => kbConflicts(ctx, input)),
  conflict: spaceProcedure("viewer")
    .input(z.object({ conflictId: z.uuid() }))
    .query(({ ctx, input }) => kbConflict(ctx, input)),
  sync: spaceProcedure("reviewer").mutation(({ ctx, input }) => requestSync(ctx, input)),
  retry: spaceProcedure("reviewer")
    .input(OperationId)
    .mutation(({ ctx, input }) => retryOperation(ctx, input)),
  resolve: spaceProcedure("reviewer")
    .input(ResolveInput)
    .mutation(({ ctx, input }) => requestResolution(ctx, input)),
  homes: spaceProcedure("admin").query(({ ctx, input }) => listHomes(ctx, input)),
  move: spaceProcedure("admin")
    .input(z.object({ homeId: z.uuid() }))
    .mutation(({ ctx, input }) => moveHome(ctx, input)),
});
