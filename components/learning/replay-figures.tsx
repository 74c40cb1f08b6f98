import type { ReactNode } from "react";

import { Section } from "#components/kb/section.tsx";
import { counted } from "#components/review/words.ts";
import { Table, TableCell, TableHead } from "#components/ui/table.tsx";
import { inDollars } from "#components/runs/money.ts";
import { formatDuration } from "#components/ui/time-format.ts";

import { outOf, percent } from "./figures.ts";
import type { ReplayDetail } from "./replay-words.ts";

/** Fewer decisions than these are no ground to change a model on. */
const FEW = 20;

/** The replay and the run side by side, over the same batches and the same decisions. */
export function ReplayFigures({ replay }: { replay: ReplayDetail }) {
  const { replay: again, original, decisions } = replay;
  const decided = decisions.useful + decisions.rejected;
  const rows: Array<{ name: string; hint: string; of: (one: typeof again | typeof original) => ReactNode }> = [
    {
      name: "Found",
      hint: "of what was approved or merged",
      of: (one) => (
        <>
          {percent(one.recall)}
          <span className="block text-xs text-muted">{outOf(one.found, decisions.useful)}</span>
        </>
      ),
    },
    { name: "Missed", hint: "approved, and not found", of: (one) => one.missed },
    { name: "Wrongly found", hint: "what was rejected", of: (one) => one.wronglyFound },
    { name: "Of use", hint: "of what it found and people decided", of: (one) => percent(one.precision) },
    { name: "Extra", hint: "like nothing that was decided", of: (one) => ("extra" in one ? one.extra : "–") },
    { name: "Model calls", hint: "", of: (one) => one.calls.toLocaleString("en-GB") },
    { name: "Tokens", hint: "read and written", of: (one) => tokens(one) },
    { name: "Cost", hint: "", of: (one) => cost(one) },
    { name: "Waiting for the model", hint: "all calls together", of: (one) => formatDuration(one.waitedMs) },
  ];
  return (
    <Section title="Side by side">
      <p className="mb-2 text-sm text-muted">
        {counted(replay.batchesRead, "batch", "batches")} with {counted(replay.messages, "message")};{" "}
        {counted(decided, "decision")}: {decisions.useful} of use, {decisions.rejected} rejected
        {decisions.open > 0 && `; ${decisions.open} not decided yet, counted nowhere`}.
        {decided < FEW && ` With fewer than ${FEW} decisions a difference may be chance.`}
      </p>
      <Table aria-label="Replay and run side by side">
        <thead>
          <tr>
            <TableHead>Figure</TableHead>
            <TableHead className="text-right">Replay</TableHead>
            <TableHead className="text-right">The run</TableHead>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, hint, of }) => (
            <tr key={name}>
              <TableCell>
                {name}
                {hint && <span className="block text-xs text-muted">{hint}</span>}
              </TableCell>
              <TableCell className="text-right tabular-nums">{of(again)}</TableCell>
              <TableCell className="text-right tabular-nums">{of(original)}</TableCell>
            </tr>
          ))}
        </tbody>
      </Table>
      {again.repeated > 0 && (
        <p className="mt-2 text-sm text-muted">
          {counted(again.repeated, "thing")} found more than once {again.repeated === 1 ? "counts" : "count"} once.
        </p>
      )}
    </Section>
  );
}

type Took = Pick<ReplayDetail["replay"], "calls" | "inputTokens" | "outputTokens" | "costUsd">;

function tokens({ calls, inputTokens, outputTokens }: Took): string {
  if (calls === 0) return "none";
  if (inputTokens === null && outputTokens === null) return "not told by the endpoint";
  return ((inputTokens ?? 0) + (outputTokens ?? 0)).toLocaleString("en-GB");
}

function cost({ calls, costUsd }: Took): string {
  if (calls === 0) return "nothing";
  return inDollars(costUsd);
}
