"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";

import { nameOfKey, percent, reasonName } from "#components/learning/figures.ts";
import { CONFIDENCE_WORDS, counted, KIND_WORDS } from "#components/review/words.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Table, TableCell, TableHead } from "#components/ui/table.tsx";

import type { RunDetail } from "./run.ts";

type Accuracy = NonNullable<RunDetail["accuracy"]>;
type Tally = Accuracy["byKind"][string];

/**
 * How the decisions came out: what share was of use, by kind, strength of the evidence, model and prompt; and what had to be asked
 * for. As it is now, and as it was when the run was closed where that was otherwise.
 */
export function RunAccuracy({ run }: { run: Pick<RunDetail, "id" | "accuracy"> }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: now } = useQuery(trpc.learning.run.queryOptions({ spaceId: space.id, runId: run.id }));
  const atClose = run.accuracy;
  const accuracy = now ?? atClose;
  if (!accuracy) return null;
  const hasChanged = now && atClose && (now.precision !== atClose.precision || now.missed !== (atClose.missed ?? 0));
  return (
    <>
      <AccuracyTables accuracy={accuracy} />
      {hasChanged && (
        <p className="mt-2 text-sm text-muted">
          When the run was closed, {percent(atClose.precision)} were of use and {atClose.missed ?? 0} had been asked
          for.
        </p>
      )}
      <Link
        href={path("runs/accuracy")}
        className="mt-2 inline-flex min-h-6 items-center text-sm text-accent-ink underline underline-offset-2"
      >
        How all runs did
      </Link>
    </>
  );
}

function AccuracyTables({ accuracy }: { accuracy: Accuracy }) {
  if (accuracy.precision === null) {
    return (
      <p className="text-muted">
        It proposed nothing, so there is nothing to measure
        {accuracy.missed ? `; ${counted(accuracy.missed, "thing")} it had read had to be asked for` : ""}.
      </p>
    );
  }
  const kinds = rowsOf(accuracy.byKind, KIND_WORDS, (words) => words.many);
  const bands = rowsOf(accuracy.byConfidence, CONFIDENCE_WORDS, (words) => words.label);
  const models = namedRows(accuracy.byModel, (key) => nameOfKey("model", key));
  const prompts = namedRows(accuracy.byPrompt, (key) => nameOfKey("prompt", key));
  return (
    <div className="flex flex-col gap-4">
      <p>
        <span className="text-xl font-semibold tabular-nums">{percent(accuracy.precision)}</span> of{" "}
        {counted(accuracy.total, "proposal")} were of use
        {accuracy.editedBefore > 0 && `, ${accuracy.editedBefore} of them after a person changed the words`}.
        {accuracy.recall !== undefined && accuracy.recall !== null && (
          <>
            {" "}
            <span className="text-xl font-semibold tabular-nums">{percent(accuracy.recall)}</span> of what was of use it
            found by itself;{" "}
            {accuracy.missed === 0 ? "nobody had to ask for anything" : `${accuracy.missed} had to be asked for`}.
          </>
        )}
      </p>
      <TallyTable label="By kind" rows={kinds} />
      <TallyTable label="By strength of the evidence" rows={bands} />
      {models.length > 0 && <TallyTable label="By model" rows={models} />}
      {prompts.length > 0 && <TallyTable label="By prompt" rows={prompts} />}
      <RejectReasons codes={accuracy.rejectCodes ?? {}} />
    </div>
  );
}

function TallyTable({ label, rows }: { label: string; rows: Array<[string, Tally]> }) {
  return (
    <Table aria-label={label}>
      <thead>
        <tr>
          <TableHead>{label}</TableHead>
          <TableHead className="text-right">All</TableHead>
          <TableHead className="text-right">Approved</TableHead>
          <TableHead className="text-right">Merged</TableHead>
          <TableHead className="text-right">Rejected</TableHead>
          <TableHead className="text-right">Of use</TableHead>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, tally]) => (
          <tr key={name}>
            <TableCell>{name}</TableCell>
            {[tally.total, tally.approved, tally.merged, tally.rejected].map((count, column) => (
              <TableCell key={column} className="text-right tabular-nums">
                {count}
              </TableCell>
            ))}
            <TableCell className="text-right tabular-nums">
              {percent((tally.approved + tally.merged) / tally.total)}
            </TableCell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** "Why rejected: too vague (2), duplicate (1)" */
function RejectReasons({ codes }: { codes: Record<string, number> }) {
  const given = Object.entries(codes).toSorted(([, a], [, b]) => b - a);
  if (given.length === 0) return null;
  const words = given.map(([code, count]) => `${reasonName(code).toLowerCase()} (${count})`);
  return <p className="text-sm text-soft">Why rejected: {words.join(", ")}.</p>;
}

function namedRows(tallies: Record<string, Tally> | undefined, name: (key: string) => string): Array<[string, Tally]> {
  return Object.entries(tallies ?? {}).map(([key, tally]) => [name(key), tally]);
}

/** In the order of the words, without what did not occur. */
function rowsOf<Words>(
  tallies: Record<string, Tally>,
  words: Record<string, Words>,
  label: (words: Words) => string,
): Array<[string, Tally]> {
  return Object.entries(words).flatMap(([key, each]) => {
    const tally = tallies[key];
    return tally && tally.total > 0 ? [[label(each), tally] as [string, Tally]] : [];
  });
}
