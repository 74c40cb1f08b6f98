"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";

import { Section } from "#components/kb/section.tsx";
import { counted } from "#components/review/words.ts";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age, TimeWindow } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";

import { promptName } from "./figures.ts";
import { ReplayFigures } from "./replay-figures.tsx";
import { ReplayRows } from "./replay-rows.tsx";
import { readerInWords, REPLAY_WORDS, type ReplayDetail } from "./replay-words.ts";
import { ReplayProgress } from "./replays-page.tsx";

/** One replay: what it found of what people approved, what it did not, and what it took. */
export function ReplayPage({ replayId }: { replayId: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(trpc.replays.byId.queryOptions({ spaceId: space.id, replayId }));
  if (data) return <LoadedReplay replay={data} />;
  if (!error) return <SkeletonRows rows={5} className="p-6" />;
  return (
    <div className="p-6">
      <NotRead title="This replay could not be shown" error={error} onRetry={() => void refetch()} />
    </div>
  );
}

function LoadedReplay({ replay }: { replay: ReplayDetail }) {
  const path = useSpacePath();
  const words = REPLAY_WORDS[replay.status];
  return (
    <div className="h-full overflow-y-auto" tabIndex={-1}>
      <PageHeader
        before={
          <Link
            href={path("runs/replays")}
            className="mb-1 inline-flex min-h-6 items-center gap-1 text-sm text-muted hover:text-ink"
          >
            <ArrowLeft aria-hidden className="size-3.5" />
            Replays
          </Link>
        }
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="break-words">{readerInWords(replay)}</span>
            <Badge tone={words.tone}>{words.label}</Badge>
          </span>
        }
        action={replay.status === "running" && <CancelReplay replayId={replay.id} />}
      >
        Reads the{" "}
        <Link href={path(`runs/${replay.runId}`)} className="text-accent-ink underline underline-offset-2">
          run of <TimeWindow from={replay.windowStart} to={replay.windowEnd} />
        </Link>{" "}
        again. Started by {replay.createdBy}, <Age at={replay.createdAt} inWords />. Prompt:{" "}
        {promptName(replay.promptKey)}.
      </PageHeader>
      <div className="flex max-w-4xl flex-col gap-8 px-4 py-4 md:px-6">
        <State replay={replay} />
        {replay.batchesRead > 0 && (
          <>
            <ReplayFigures replay={replay} />
            <ReplayRows rows={replay.rows} />
          </>
        )}
        {replay.system !== null && (
          <Section title="The words that were tried">
            <pre className="max-h-80 overflow-auto rounded-md bg-sunken p-3 text-sm whitespace-pre-wrap">
              {replay.system}
            </pre>
          </Section>
        )}
      </div>
    </div>
  );
}

function State({ replay }: { replay: ReplayDetail }) {
  const { status, failure, failures, batchesRead, batches } = replay;
  return (
    <>
      {status === "running" && <ReplayProgress replay={replay} />}
      {status === "failed" && (
        <Alert tone="danger" title="The replay failed">
          {failure ?? "The reason was not recorded."} Nothing was changed; the Replay button of the run starts another
          one.
        </Alert>
      )}
      {status === "cancelled" && (
        <p className="text-soft">
          It was cancelled after {counted(batchesRead, "batch", "batches")} of {batches}. The figures are of those.
        </p>
      )}
      {failures.length > 0 && status !== "failed" && (
        <Alert tone="warning" title={`${counted(failures.length, "batch", "batches")} could not be read`}>
          <ul>
            {failures.map(({ position, failure: why }) => (
              <li key={position}>
                Batch {position + 1}: {why}
              </li>
            ))}
          </ul>
          <p>What was decided on {failures.length === 1 ? "it" : "them"} is not counted below.</p>
        </Alert>
      )}
    </>
  );
}

function CancelReplay({ replayId }: { replayId: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const cancel = useMutation(
    trpc.replays.cancel.mutationOptions({
      onError: (error) => toast.error(messageOf(error)),
      onSettled: () => queryClient.invalidateQueries(trpc.replays.pathFilter()),
    }),
  );
  return (
    <Button
      isBusy={cancel.isPending}
      blockedBecause={readOnly}
      onClick={() => cancel.mutate({ spaceId: space.id, replayId })}
    >
      Cancel replay
    </Button>
  );
}
