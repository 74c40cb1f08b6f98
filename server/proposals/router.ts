import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { bulk } from "./bulk.ts";
import { approve, reject } from "./decide.ts";
import { edit } from "./edit.ts";
import { merge } from "./merge.ts";
import { previewProposal } from "./preview.ts";
import { listProposals, mergeTargets, proposalById } from "./queries.ts";
import {
  ApproveInput,
  BulkInput,
  EditInput,
  ListInput,
  MergeInput,
  RejectInput,
  RevertInput,
  Search,
  UndoInput,
} from "./schema.ts";
import { revert, undo } from "./undo.ts";

const ProposalId = z.object({ proposalId: z.uuid() });

export const proposalsRouter = router({
  list: spaceProcedure("viewer")
    .input(ListInput)
    .query(({ ctx, input }) => listProposals(ctx, input)),
  byId: spaceProcedure("viewer")
    .input(ProposalId)
    .query(({ ctx, input }) => proposalById(ctx, input)),
  preview: spaceProcedure("viewer")
    .input(ProposalId)
    .query(({ ctx, input }) => previewProposal({ kbs: ctx.kbs }, ctx, input)),
  mergeTargets: spaceProcedure("viewer")
    .input(ProposalId.extend({ search: Search }))
    .query(({ ctx, input }) => mergeTargets(ctx, input)),
  approve: spaceProcedure("reviewer")
    .input(ApproveInput)
    .mutation(({ ctx, input }) => approve(ctx, input)),
  reject: spaceProcedure("reviewer")
    .input(RejectInput)
    .mutation(({ ctx, input }) => reject(ctx, input)),
  merge: spaceProcedure("reviewer")
    .input(MergeInput)
    .mutation(({ ctx, input }) => merge(ctx, input)),
  edit: spaceProcedure("reviewer")
    .input(EditInput)
    .mutation(({ ctx, input }) => edit(ctx, input)),
  undo: spaceProcedure("reviewer")
    .input(UndoInput)
    .mutation(({ ctx, input }) => undo(ctx, input)),
  revert: spaceProcedure("reviewer")
    .input(RevertInput)
    .mutation(({ ctx, input }) => revert(ctx, input)),
  bulk: spaceProcedure("reviewer")
    .input(BulkInput)
    .mutation(({ ctx, input }) => bulk(ctx, input)),
});
