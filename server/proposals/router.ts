import { z } from "zod";

import { embedderOf } from "#server/knowledge/index.ts";
import { router, spaceProcedure } from "#server/trpc/base.ts";

import { bulk } from "./bulk.ts";
import { approve, reject } from "./decide.ts";
import { edit } from "./edit.ts";
import { merge } from "./merge.ts";
import { previewMerge } from "./merge-preview.ts";
import { previewProposal } from "./preview.ts";
import { mergeTargets } from "./merge-targets.ts";
import { listProposals, proposalById } from "./queries.ts";
import { recordVerdict } from "./rules/audits.ts";
import { backtest } from "./rules/backtest.ts";
import { listAudits, listRules, ruleChoices } from "./rules/queries.ts";
import { removeRule, saveRule, switchRule } from "./rules/save.ts";
import {
  ApproveInput,
  BulkInput,
  EditInput,
  ListInput,
  MergeInput,
  RejectInput,
  RevertInput,
  RuleConditions,
  SaveRuleInput,
  Search,
  SwitchRuleInput,
  UndoInput,
  VerdictInput,
} from "./schema.ts";
import { similarThings } from "./similar.ts";
import { revert, undo } from "./undo.ts";

/** By words alone it is a moment; what a model is asked for more is not waited for longer. */
const SIMILAR_WITHIN_MS = 15_000;
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
  similar: spaceProcedure("viewer")
    .input(ProposalId)
    .query(async ({ ctx, input }) => {
      const embedder = await embedderOf({ llm: ctx.llm }, ctx, input);
      return similarThings({ embedder }, ctx, { ...input, signal: AbortSignal.timeout(SIMILAR_WITHIN_MS) });
    }),
  mergePreview: spaceProcedure("viewer")
    .input(ProposalId.extend({ into: MergeInput.shape.into }))
    .query(({ ctx, input }) => previewMerge({ kbs: ctx.kbs }, ctx, input)),
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

const RuleId = z.object({ ruleId: z.uuid() });

export const rulesRouter = router({
  list: spaceProcedure("viewer").query(({ ctx, input }) => listRules(ctx, input)),
  choices: spaceProcedure("viewer").query(({ ctx, input }) => ruleChoices(ctx, input)),
  backtest: spaceProcedure("reviewer")
    .input(z.object({ conditions: RuleConditions }))
    .query(({ ctx, input }) => backtest(ctx, input)),
  save: spaceProcedure("admin")
    .input(SaveRuleInput)
    .mutation(({ ctx, input }) => saveRule(ctx, input)),
  switch: spaceProcedure("admin")
    .input(SwitchRuleInput)
    .mutation(({ ctx, input }) => switchRule(ctx, input)),
  remove: spaceProcedure("admin")
    .input(RuleId)
    .mutation(({ ctx, input }) => removeRule(ctx, input)),
  audits: spaceProcedure("viewer").query(({ ctx, input }) => listAudits(ctx, input)),
  verdict: spaceProcedure("reviewer")
    .input(VerdictInput)
    .mutation(({ ctx, input }) => recordVerdict(ctx, input)),
});
