import { CONFIDENCE_WORDS, counted, KIND_WORDS } from "#components/review/words.ts";
import { Table, TableCell, TableHead } from "#components/ui/table.tsx";

import type { RunDetail } from "./run.ts";

type Accuracy = NonNullable<RunDetail["accuracy"]>;
type Tally = Accuracy["byKind"][string];

/** How the decisions came out when the run was closed: what share was of use, by kind and by strength of the evidence. */
export function AccuracyTables({ accuracy }: { accuracy: Accuracy }) {
  if (accuracy.precision === null)
    return <p className="text-muted">It proposed nothing, so there is nothing to measure.</p>;
  const kinds = rowsOf(accuracy.byKind, KIND_WORDS, (words) => words.many);
  const bands = rowsOf(accuracy.byConfidence, CONFIDENCE_WORDS, (words) => words.label);
  return (
    <div className="flex flex-col gap-4">
      <p>
        <span className="text-xl font-semibold tabular-nums">{percent(accuracy.precision)}</span> of{" "}
        {counted(accuracy.total, "proposal")} were of use
        {accuracy.editedBefore > 0 && `, ${accuracy.editedBefore} of them after a person changed the words`}.
      </p>
      <TallyTable label="By kind" rows={kinds} />
      <TallyTable label="By strength of the evidence" rows={bands} />
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

const percent = (share: number) => `${Math.round(share * 100)} %`;
