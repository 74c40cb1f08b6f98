"use client";

import { useQuery } from "@tanstack/react-query";

import { counted } from "#components/review/words.ts";
import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Table, TableCell, TableHead } from "#components/ui/table.tsx";

import { dollars, USE_WORDS } from "./models.ts";

type SpendingData = Outputs["models"]["spending"];
type Spent = SpendingData["byUse"][number];

/** What models have cost this month, against what they may cost. */
export function Spending() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(trpc.models.spending.queryOptions({ spaceId: space.id }));
  if (!data) {
    return error ? (
      <NotRead title="What was spent could not be read" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows rows={2} />
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <Against spending={data} />
      {data.byModel.length > 0 && (
        <>
          <SpentTable
            label="By model"
            rows={data.byModel.map((spent) => ({
              name: spent.model,
              place:
                spent.providerId === null
                  ? "the server’s own endpoint"
                  : (spent.providerName ?? "a provider that is gone"),
              spent,
            }))}
          />
          <SpentTable
            label="By use"
            rows={data.byUse.map((spent) => ({ name: USE_WORDS[spent.use].label, place: null, spent }))}
          />
        </>
      )}
    </div>
  );
}

function Against({
  spending: { month, costUsd, callsWithoutPrice, budgetCents, byModel },
}: {
  spending: SpendingData;
}) {
  const budget = budgetCents / 100;
  const words = budget > 0 ? `${dollars(costUsd)} of ${dollars(budget)}` : dollars(costUsd);
  return (
    <div className="flex flex-col gap-1.5">
      <p>
        <span className="text-lg font-semibold tabular-nums">{words}</span>{" "}
        <span className="text-muted">
          in {monthName(month)}
          {budget === 0 && ", without a budget"}
        </span>
      </p>
      {budget > 0 && <Progress value={costUsd} max={budget} label={`${words} are spent`} className="h-2" />}
      {budget > 0 && costUsd >= budget && (
        <p className="text-sm text-danger">
          The budget is used up: no model is asked until next month, or until it is raised.
        </p>
      )}
      <p className="text-sm text-muted">
        {byModel.length === 0 && "No model was asked this month. "}
        {callsWithoutPrice > 0 &&
          `${counted(callsWithoutPrice, "call")} to models whose price is not known cost something on top. `}
        Months begin at midnight UTC.
      </p>
    </div>
  );
}

/** "November 2026" for "2026-11". */
function monthName(month: string): string {
  return new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
}

function SpentTable({
  label,
  rows,
}: {
  label: string;
  rows: ReadonlyArray<{ name: string; place: string | null; spent: Spent | SpendingData["byModel"][number] }>;
}) {
  const number = (value: number) => value.toLocaleString("en-GB");
  return (
    <Table aria-label={`Spent this month, ${label.toLowerCase()}`}>
      <thead>
        <tr>
          <TableHead>{label}</TableHead>
          <TableHead className="text-right">Calls</TableHead>
          <TableHead className="text-right max-sm:hidden">Tokens in</TableHead>
          <TableHead className="text-right max-sm:hidden">Tokens out</TableHead>
          <TableHead className="text-right">Cost</TableHead>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, place, spent }) => (
          <tr key={`${name} ${place}`}>
            <TableCell className="min-w-40 break-all">
              {name}
              {place && <span className="block text-sm text-muted">{place}</span>}
            </TableCell>
            <TableCell className="text-right tabular-nums">{number(spent.calls)}</TableCell>
            <TableCell className="text-right tabular-nums max-sm:hidden">{number(spent.inputTokens)}</TableCell>
            <TableCell className="text-right tabular-nums max-sm:hidden">{number(spent.outputTokens)}</TableCell>
            <TableCell className="text-right whitespace-nowrap tabular-nums">
              {spent.callsWithoutPrice === spent.calls ? "price not known" : dollars(spent.costUsd)}
            </TableCell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
