"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FactList } from "#components/ui/fact-list.tsx";
import { Label } from "#components/ui/label.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Age } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";

import { counted, percent } from "../words.ts";
import { backtestInWords, type Choices, conditionsInWords, type Rule } from "./rule.ts";

/** A rule: what it asks for, how right it was, and whether it is on. */
export function RuleRow({
  rule,
  chats,
  canChange,
  onChange,
}: {
  rule: Rule;
  chats: Choices["chats"] | undefined;
  canChange: boolean;
  onChange: () => void;
}) {
  const id = useId();
  const { isOn, isBusy, turn, remove } = useRule(rule);
  const [asks, setAsks] = useState(false);
  const { live } = rule;
  return (
    <li className="flex flex-col gap-2 border-b py-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-48 flex-1">
          <h3 className="font-medium break-words">{rule.name}</h3>
          <p className="text-sm text-muted">
            Made by {rule.createdBy}, <Age at={rule.createdAt} inWords />
          </p>
        </div>
        {canChange ? (
          <>
            <span className="flex min-h-7 items-center gap-2">
              <Switch id={`${id}-on`} checked={isOn} disabled={isBusy} onCheckedChange={turn} />
              <Label htmlFor={`${id}-on`}>
                {isOn ? "On" : "Off"}
                <span className="sr-only">: {rule.name}</span>
              </Label>
            </span>
            <span className="flex gap-2">
              <Button size="sm" aria-label={`Change ${rule.name}`} onClick={onChange}>
                Change
              </Button>
              <Button size="sm" variant="danger" aria-label={`Remove ${rule.name}`} onClick={() => setAsks(true)}>
                Remove
              </Button>
            </span>
          </>
        ) : (
          <span className="text-sm text-muted">{isOn ? "On" : "Off"}</span>
        )}
      </div>
      {rule.offReason !== null && !isOn && (
        <Alert tone="warning" title="It switched itself off">
          {rule.offReason}
        </Alert>
      )}
      <FactList
        facts={[
          { name: "Approves", value: conditionsInWords(rule.conditions, chats).join("; ") },
          {
            name: "Has approved",
            value: `${counted(rule.approved, "proposal")}${rule.waiting > 0 ? `, ${rule.waiting} to be looked at` : ""}`,
          },
          {
            name: "Was right",
            value:
              live.precision === null
                ? "Nobody has looked at one yet"
                : `${live.right} of the last ${live.audited} that people looked at (${percent(live.precision)}); off below ${rule.leastPrecision} %`,
          },
          { name: "When saved", value: backtestInWords(rule.backtest) },
        ]}
      />
      {asks && (
        <Dialog
          open
          onOpenChange={setAsks}
          size="sm"
          title={`Remove “${rule.name}”?`}
          footer={
            <>
              <Button onClick={() => setAsks(false)}>Keep it</Button>
              <Button variant="danger" isBusy={isBusy} onClick={() => remove(() => setAsks(false))}>
                Remove it
              </Button>
            </>
          }
        >
          <p>What it approved stays approved. What people said of it afterwards goes with it.</p>
        </Dialog>
      )}
    </li>
  );
}

function useRule({ id: ruleId, isOn, name }: Rule) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const after = {
    onError: (error: unknown) => toast.error(messageOf(error)),
    onSettled: () => queryClient.invalidateQueries(trpc.rules.pathFilter()),
  };
  const turning = useMutation(trpc.rules.switch.mutationOptions(after));
  const removal = useMutation(trpc.rules.remove.mutationOptions(after));
  return {
    isOn: turning.isPending ? turning.variables.isOn : isOn,
    isBusy: turning.isPending || removal.isPending,
    turn: (next: boolean) => turning.mutate({ spaceId: space.id, ruleId, isOn: next }),
    remove: (onDone: () => void) =>
      removal.mutate(
        { spaceId: space.id, ruleId },
        {
          onSuccess: () => {
            toast(`“${name}” is removed.`);
            onDone();
          },
        },
      ),
  };
}
