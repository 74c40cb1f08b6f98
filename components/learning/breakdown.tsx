import type { ReactNode } from "react";

import { Table, TableCell, TableHead } from "#components/ui/table.tsx";

import { type Figures, nameOfKey, outOf, percent, reasonName, type Split, type Summary } from "./figures.ts";

/** The figures of each kind, band, model or prompt, with what they rest on. */
export function Breakdown({
  split,
  label,
  rows,
}: {
  split: Split;
  label: string;
  rows: Array<Figures & { key: string }>;
}) {
  if (rows.length === 0) return null;
  return (
    <Table aria-label={label}>
      <thead>
        <tr>
          <TableHead>{label}</TableHead>
          <TableHead className="text-right">Decided</TableHead>
          <TableHead className="text-right">Of use</TableHead>
          <TableHead className="text-right">Missed</TableHead>
          <TableHead className="text-right">Found by itself</TableHead>
          <TableHead className="text-right">Edited</TableHead>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, decided, useful, missed, edited, precision, recall, editedShare }) => (
          <tr key={key}>
            <TableCell className="break-words">{nameOfKey(split, key)}</TableCell>
            <Count>{decided}</Count>
            <Count hint={decided > 0 ? outOf(useful, decided) : null}>{percent(precision)}</Count>
            <Count>{split === "band" ? "–" : missed}</Count>
            <Count>{percent(recall)}</Count>
            <Count hint={useful > 0 ? outOf(edited, useful) : null}>{percent(editedShare)}</Count>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const Count = ({ children, hint }: { children: ReactNode; hint?: string | null }) => (
  <TableCell className="text-right whitespace-nowrap tabular-nums">
    {children}
    {hint && <span className="block text-xs text-muted">{hint}</span>}
  </TableCell>
);

/** Why proposals were rejected, most often first. */
export function RejectReasons({ codes }: { codes: Summary["rejectCodes"] }) {
  const all = codes.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return <p className="text-muted">Nothing was rejected in this time.</p>;
  return (
    <ul className="flex flex-col gap-2">
      {codes.map(({ code, count }) => (
        <li key={code ?? "none"} className="grid grid-cols-bars items-center gap-2">
          <span className="text-sm">{reasonName(code)}</span>
          <span className="text-right text-sm tabular-nums">{count.toLocaleString("en-GB")}</span>
          <span aria-hidden className="h-2 overflow-hidden rounded-sm bg-sunken">
            <span className="block h-full bg-soft" style={{ width: `${(count / all) * 100}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
