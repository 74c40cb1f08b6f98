"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { counted } from "#components/review/words.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { useTimeZone } from "#components/ui/clock.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { formatWindow } from "#components/ui/time-format.ts";

import {
  fromLocalInput,
  type Preset,
  PRESET_WORDS,
  PRESETS,
  presetWindow,
  type Span,
  toLocalInput,
} from "./windows.ts";

/**
 * Which messages to read, how many those are, and off it goes.
 * @param given the window of another run, to read it again
 */
export function NewRunDialog({ given, onClose }: { given: Span | null; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { space, provider } = useSpace();
  const path = useSpacePath();
  const timeZone = useTimeZone();
  const [openedAt] = useState(() => new Date());
  const [preset, setPreset] = useState<Preset>(given ? "custom" : "day");
  const [custom, setCustom] = useState(() => {
    const span = given ?? presetWindow("day", openedAt, timeZone);
    return { from: toLocalInput(span.windowStart), to: toLocalInput(span.windowEnd) };
  });
  const span = preset === "custom" ? customSpan(custom) : presetWindow(preset, openedAt, timeZone);
  const isBackwards = span !== null && span.windowStart >= span.windowEnd;
  const isUsable = span !== null && !isBackwards;

  const preview = useQuery(
    trpc.runs.preview.queryOptions(
      { spaceId: space.id, ...(span ?? { windowStart: openedAt, windowEnd: openedAt }) },
      { enabled: isUsable, placeholderData: keepPreviousData },
    ),
  );
  const create = useMutation(trpc.runs.create.mutationOptions());
  const start = useMutation(trpc.runs.start.mutationOptions());
  const error = create.error ?? start.error;
  const isBusy = create.isPending || start.isPending || start.isSuccess;

  const begin = async () => {
    if (!isUsable) return;
    const run = await create.mutateAsync({ spaceId: space.id, ...span });
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
        ? "There are no messages in this window."
        : undefined;

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New run"
      description={`${provider.isModel ? provider.label : "The rules engine"} reads the messages of a window and proposes what is worth keeping.`}
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
        <fieldset>
          <legend className="mb-1 text-sm font-medium text-soft">Messages of</legend>
          <div className="flex flex-wrap gap-1">
            {PRESETS.map((each) => (
              <label
                key={each}
                className={cn(
                  "inline-flex h-8 cursor-pointer items-center rounded-md border px-3 has-focus-visible:outline-2 has-focus-visible:outline-focus pointer-coarse:h-10",
                  preset === each ? "border-ink bg-ink text-surface" : "border-control hover:bg-hover",
                )}
              >
                <input
                  type="radio"
                  name="window"
                  className="sr-only"
                  checked={preset === each}
                  onChange={() => setPreset(each)}
                />
                {PRESET_WORDS[each]}
              </label>
            ))}
          </div>
        </fieldset>
        {preset === "custom" && (
          <div className="grid gap-3 sm:grid-cols-2">
            <Field id="run-from" label="From">
              <Input
                id="run-from"
                type="datetime-local"
                value={custom.from}
                onChange={(event) => setCustom({ ...custom, from: event.target.value })}
              />
            </Field>
            <Field id="run-to" label="To" error={isBackwards ? "The end lies before the start." : undefined}>
              <Input
                id="run-to"
                type="datetime-local"
                value={custom.to}
                aria-invalid={isBackwards}
                aria-describedby="run-to-help"
                onChange={(event) => setCustom({ ...custom, to: event.target.value })}
              />
            </Field>
          </div>
        )}
        <div
          role="status"
          className={cn("rounded-md bg-sunken px-3 py-2.5", preview.isPlaceholderData && "opacity-60")}
        >
          {isUsable && preview.data ? (
            <>
              <p className="font-medium">
                {preview.data.messages === 0
                  ? "No messages in this window"
                  : `${counted(preview.data.messages, "message")} in ${counted(preview.data.batches, "batch", "batches")}`}
              </p>
              <p className="text-sm text-muted">{formatWindow(span.windowStart, span.windowEnd, timeZone)}</p>
            </>
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

function customSpan({ from, to }: { from: string; to: string }): Span | null {
  const windowStart = fromLocalInput(from);
  const windowEnd = fromLocalInput(to);
  return windowStart && windowEnd ? { windowStart, windowEnd } : null;
}
