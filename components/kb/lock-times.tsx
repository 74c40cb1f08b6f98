"use client";

import { useQuery } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Table, TableCell, TableHead } from "#components/ui/table.tsx";
import { formatDuration } from "#components/ui/time-format.ts";

import { LOCK_DAYS } from "./filters.ts";
import type { LockTimes } from "./kb.ts";
import { LockPicture } from "./lock-picture.tsx";
import { Section } from "./section.tsx";
import { kindInWords } from "./words.ts";

/** How long operations of each kind waited for their turn and held it, as a picture and as numbers. */
export function LockTimesSection() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useQuery(trpc.kb.lockTimes.queryOptions({ spaceId: space.id, days: LOCK_DAYS }));
  return (
    <Section title="Waiting and writing">
      {error && !data && (
        <Alert tone="danger" title="The times could not be loaded">
          {messageOf(error)}
        </Alert>
      )}
      {!data && !error && <SkeletonRows rows={2} />}
      {data &&
        (data.all ? (
          <div className="flex flex-col gap-4">
            <p className="text-sm text-muted">
              The last {LOCK_DAYS} days. One operation holds the repository at a time; the others wait for it.
            </p>
            <LockPicture times={data} />
            <TimesTable times={data} />
          </div>
        ) : (
          <p className="text-muted">Nothing was written in the last {LOCK_DAYS} days.</p>
        ))}
    </Section>
  );
}

const COLUMNS = ["waitP50", "waitP95", "waitMax", "holdP50", "holdP95", "holdMax"] as const;

function TimesTable({ times: { all, byKind } }: { times: LockTimes }) {
  const rows = all && byKind.length > 1 ? [...byKind, all] : byKind;
  return (
    <Table aria-label={`Waiting and writing, last ${LOCK_DAYS} days`}>
      <thead>
        <tr>
          <TableHead>Kind</TableHead>
          <TableHead className="text-right">Times</TableHead>
          {["Waited, half under", "95 % under", "longest", "Held, half under", "95 % under", "longest"].map(
            (name, index) => (
              <TableHead key={index} className="text-right">
                {index % 3 > 0 && <span className="sr-only">{index < 3 ? "Waited, " : "Held, "}</span>}
                {name}
              </TableHead>
            ),
          )}
        </tr>
      </thead>
      <tbody className="tabular-nums">
        {rows.map((row) => (
          <tr key={row.kind ?? "all"}>
            <TableCell className="whitespace-nowrap">{row.kind ? kindInWords(row.kind) : "All"}</TableCell>
            <TableCell className="text-right">{row.count.toLocaleString("en-GB")}</TableCell>
            {COLUMNS.map((column) => (
              <TableCell key={column} className="text-right whitespace-nowrap">
                {formatDuration(row[column])}
              </TableCell>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
