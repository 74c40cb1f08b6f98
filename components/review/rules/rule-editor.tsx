"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { focusOnMount } from "#components/ui/focus-on-mount.ts";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";
import { RuleConditions } from "#server/proposals/schema.ts";

import { BacktestResult } from "./backtest-result.tsx";
import { ConditionFields } from "./condition-fields.tsx";
import { NumberField } from "./number-field.tsx";
import { type Choices, type Rule, whyUnproven } from "./rule.ts";

const NEW = {
  name: "",
  conditions: RuleConditions.parse({ confidence: ["strong"] }),
  auditShare: 20,
  leastPrecision: 95,
};

/** A rule as it is made or changed, with what it would have done with past decisions beside it all the time. */
export function RuleEditor({ rule, choices, onClose }: { rule: Rule | null; choices: Choices; onClose: () => void }) {
  const id = useId();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const [draft, setDraft] = useState(rule ?? NEW);
  const { name, conditions, auditShare, leastPrecision } = draft;
  const proof = useQuery(
    trpc.rules.backtest.queryOptions({ spaceId: space.id, conditions }, { placeholderData: keepPreviousData }),
  );
  const save = useMutation(
    trpc.rules.save.mutationOptions({
      onSuccess: () => {
        toast.success(`“${name.trim()}” is on.`);
        onClose();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.rules.pathFilter()),
    }),
  );
  const isCurrent = proof.data !== undefined && !proof.isPlaceholderData;
  const blocked =
    name.trim() === ""
      ? "Give it a name first."
      : !isCurrent
        ? "It is being tried on past decisions."
        : whyUnproven(proof.data, leastPrecision);
  const change = (next: Partial<typeof draft>) => setDraft({ ...draft, ...next });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="lg"
      title={rule ? `Change “${rule.name}”` : "New rule"}
      description="A proposal that meets all of this is approved at once. What has no evidence, was missed, retires a note or contradicts one is always left to people."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isBusy={save.isPending}
            blockedBecause={blocked}
            onClick={() =>
              save.mutate({
                ...{ spaceId: space.id, name: name.trim(), conditions, auditShare, leastPrecision },
                ...(rule ? { ruleId: rule.id } : {}),
              })
            }
          >
            Save and switch on
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <BacktestResult proof={proof} problem={isCurrent ? whyUnproven(proof.data, leastPrecision) : undefined} />
        {save.error && (
          <Alert tone="danger" title="Not saved">
            {messageOf(save.error)}
          </Alert>
        )}
        <Field id={`${id}-name`} label="Name">
          <Input
            ref={focusOnMount}
            id={`${id}-name`}
            maxLength={80}
            value={name}
            placeholder="Strong tasks from the harbour team"
            onChange={(event) => change({ name: event.target.value })}
          />
        </Field>
        <ConditionFields
          conditions={conditions}
          choices={choices}
          onChange={(next) => change({ conditions: { ...conditions, ...next } })}
        />
        <div className="grid gap-4 border-t pt-4 sm:grid-cols-2">
          <NumberField
            label="Look at afterwards, of a hundred"
            hint="The first five are always looked at."
            value={auditShare}
            least={5}
            most={100}
            onChange={(next) => change({ auditShare: next })}
          />
          <NumberField
            label="Right, of a hundred"
            hint="Below this it cannot be saved, and switches itself off."
            value={leastPrecision}
            least={50}
            most={100}
            onChange={(next) => change({ leastPrecision: next })}
          />
        </div>
      </div>
    </Dialog>
  );
}
