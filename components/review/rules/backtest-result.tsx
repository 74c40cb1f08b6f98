"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import Link from "next/link";

import { useSpacePath } from "#components/shell/space.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Moment } from "#components/ui/time.tsx";
import type { Backtest } from "#server/proposals/schema.ts";

import { backtestInWords } from "./rule.ts";

/** What the rule would have done with past decisions, and where people decided otherwise. */
export function BacktestResult({
  proof,
  problem,
}: {
  proof: Pick<UseQueryResult<Backtest, unknown>, "data" | "error" | "isPlaceholderData">;
  /** Why it cannot be saved with these figures. */
  problem: string | undefined;
}) {
  const path = useSpacePath();
  const { data, error, isPlaceholderData } = proof;
  if (!data && error) {
    return (
      <Alert tone="danger" title="It could not be tried on past decisions">
        {messageOf(error)}
      </Alert>
    );
  }
  if (!data) return <Alert title="Trying it on past decisions…" />;
  return (
    <Alert
      tone={problem ? "warning" : "success"}
      title={backtestInWords(data)}
      className={isPlaceholderData ? "opacity-60" : undefined}
    >
      {problem && <p>{problem}</p>}
      {data.from !== null && (
        <p>
          These decisions go back to <Moment at={new Date(data.from)} />.
        </p>
      )}
      {data.examplesWrong.length > 0 && (
        <p>
          Where people decided otherwise:{" "}
          {data.examplesWrong.map((proposalId, index) => (
            <Link
              key={proposalId}
              href={path(`review/${proposalId}`)}
              target="_blank"
              className="mr-2 inline-block min-h-6 text-accent-ink underline underline-offset-2"
            >
              no. {index + 1}
            </Link>
          ))}
        </p>
      )}
    </Alert>
  );
}
