"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { useTimeZone } from "#components/ui/clock.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { formatWindow } from "#components/ui/time-format.ts";

import { RunPreview } from "./run-preview.tsx";
import { NO_WISHES, RunWishesFields } from "./run-wishes.tsx";
import { WindowChoice } from "./window-choice.tsx";
import { fromLocalInput, type Preset, PRESETS, presetWindow, type Span, toLocalInput } from "./windows.ts";

/**
 * Which messages to read, by whom, what that will take, and off it goes.
 * @param given the window of another run, to read it again
 * @param lastRunEndedAt since when messages are new; null before the first run
 */
export function NewRunDialog({
  given,
  lastRunEndedAt,
  onClose,
}: {
  given: Span | null;
  lastRunEndedAt: Date | null;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { space, provider } = useSpace();
  const path = useSpacePath();
  const timeZone = useTimeZone();
  const [openedAt] = useState(() => new Date());
  const [preset, setPreset] = useState<Preset>(given ? "custom" : "day");
  const [wishes, setWishes] = useState(given ? { ...NO_WISHES, readsAgain: true } : NO_WISHES);
  const [custom, setCustom] = useState(() => {
    const span = given ?? presetWindow("day", openedAt, timeZone);
    return { from: toLocalInput(span.windowStart), to: toLocalInput(span.windowEnd) };
  });
  const span = spanOf(preset, { custom, lastRunEndedAt, openedAt, timeZone });
  const isBackwards = span !== null && span.windowStart >= span.windowEnd;
  const isUsable = span !== null && !isBackwards;

  const preview = useQuery(
    trpc.runs.preview.queryOptions(
      { spaceId: space.id, ...(span ?? { windowStart: openedAt, windowEnd: openedAt }), ...wishes },
      { enabled: isUsable, placeholderData: keepPreviousData },
    ),
  );
  const reader = preview.data?.reader ?? provider;
  const create = useMutation(trpc.runs.create.mutationOptions());
  const start = useMutation(trpc.runs.start.mutationOptions());
  const error = create.error ?? start.error;
  const isBusy = create.isPending || start.isPending || start.isSuccess;

  const begin = async () => {
    if (!isUsable) return;
    const run = await create.mutateAsync({ spaceId: space.id, ...span, ...wishes });
    // Created is created: if the start fails, the run's own page offers it again.
    await start.mutateAsync({ spaceId: space.id, runId: run.id }).finally(() => router.push(path(`runs/${run.id}`)));
    void queryClient.invalidateQueries(trpc.runs.pathFilter());
  };

  const isEmpty = isUsable && preview.data?.messages === 0 && !preview.isPlaceholderData;
  const blockedBecause = !span
    ? "Fill in both ends of the window."
    : isBackwards
      ? "The window ends before it starts."
      : isEmpty
        ? "There is nothing to read in this window."
        : undefined;

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New run"
      description={`${reader.isModel ? reader.label : "The rules engine"} reads the messages of a window and proposes what is worth keeping.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isBusy={isBusy}
            blockedBecause={blockedBecause}
            onClick={() => {
              // Shown below from the mutation's own state.
              begin().catch(() => {});
            }}
          >
            Start run
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <WindowChoice
          presets={PRESETS.filter((each) => each !== "since" || lastRunEndedAt !== null)}
          preset={preset}
          onPreset={setPreset}
          custom={custom}
          onCustom={setCustom}
          isBackwards={isBackwards}
        />
        <RunWishesFields wishes={wishes} onChange={setWishes} />
        <div
          role="status"
          className={cn("rounded-md bg-sunken px-3 py-2.5", preview.isPlaceholderData && "opacity-60")}
        >
          {isUsable && preview.data ? (
            <RunPreview preview={preview.data} window={formatWindow(span.windowStart, span.windowEnd, timeZone)} />
          ) : preview.error ? (
            <p className="text-danger">{messageOf(preview.error)}</p>
          ) : (
            <p className="text-muted">{isUsable ? "Counting…" : "Choose a window."}</p>
          )}
        </div>
        {error && (
          <Alert tone="danger" title="The run was not started">
            {messageOf(error)}
          </Alert>
        )}
      </div>
    </Dialog>
  );
}

function spanOf(
  preset: Preset,
  given: { custom: { from: string; to: string }; lastRunEndedAt: Date | null; openedAt: Date; timeZone: string },
): Span | null {
  const { custom, lastRunEndedAt, openedAt, timeZone } = given;
  switch (preset) {
    case "custom": {
      const windowStart = fromLocalInput(custom.from);
      const windowEnd = fromLocalInput(custom.to);
      return windowStart && windowEnd ? { windowStart, windowEnd } : null;
    }
    case "since":
      return lastRunEndedAt && { windowStart: lastRunEndedAt, windowEnd: openedAt };
    default:
      return presetWindow(preset, openedAt, timeZone);
  }
}
