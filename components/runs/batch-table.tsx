import { Badge } from "#components/ui/badge.tsx";
import { Table, TableCell, TableHead } from "#components/ui/table.tsx";
import { formatDuration } from "#components/ui/time-format.ts";

import type { RunDetail } from "./run.ts";
import { BATCH_WORDS } from "./words.ts";

/** Each part of a run that was read in one go. */
export function BatchTable({ batches }: { batches: RunDetail["batches"] }) {
  return (
    <Table aria-label="Batches">
      <thead>
        <tr>
          <TableHead>#</TableHead>
          <TableHead>Chat</TableHead>
          <TableHead className="text-right">Messages</TableHead>
          <TableHead>State</TableHead>
          <TableHead className="text-right">Dropped</TableHead>
          <TableHead className="text-right">Took</TableHead>
        </tr>
      </thead>
      <tbody>
        {batches.map((batch) => (
          <tr key={batch.id}>
            <TableCell className="text-muted tabular-nums">{batch.position + 1}</TableCell>
            <TableCell className="min-w-40">
              {batch.chatTitle}
              {batch.failure && <span className="block text-sm text-danger">{batch.failure}</span>}
            </TableCell>
            <TableCell className="text-right tabular-nums">{batch.messageCount}</TableCell>
            <TableCell>
              <Badge tone={BATCH_WORDS[batch.status].tone}>{BATCH_WORDS[batch.status].label}</Badge>
              {batch.attempts > 1 && (
                <span className="ml-2 text-sm whitespace-nowrap text-muted">{batch.attempts} attempts</span>
              )}
            </TableCell>
            <TableCell className="text-right tabular-nums">{batch.dropped}</TableCell>
            <TableCell className="text-right whitespace-nowrap tabular-nums">
              {batch.startedAt && batch.finishedAt
                ? formatDuration(batch.finishedAt.getTime() - batch.startedAt.getTime())
                : "–"}
            </TableCell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
