"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { counted } from "#components/review/words.ts";
import { inDollars } from "#components/runs/money.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

const AS_CHOSEN = "as-chosen";
const ANOTHER = "another";

/** Who reads the run again, and with which words; then to the page that compares. */
export function StartReplayDialog({ runId, onClose }: { runId: string; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const path = useSpacePath();
  const { space, provider } = useSpace();
  const [reader, setReader] = useState(AS_CHOSEN);
  const [named, setNamed] = useState("");
  const [words, setWords] = useState("");
  const choices = useQuery(trpc.models.choices.queryOptions({ spaceId: space.id }));
  const run = useQuery(trpc.runs.byId.queryOptions({ spaceId: space.id, runId }));
  const start = useMutation(
    trpc.replays.start.mutationOptions({
      onSuccess: ({ id }) => {
        void queryClient.invalidateQueries(trpc.replays.pathFilter());
        router.push(path(`runs/replays/${id}`));
      },
    }),
  );
  const chosen = choices.data?.[Number(reader)];
  const begin = () =>
    start.mutate({
      spaceId: space.id,
      runId,
      ...(chosen && { providerId: chosen.providerId, model: chosen.model }),
      // Another model of the endpoint that the first of them is at.
      ...(reader === ANOTHER && { providerId: choices.data?.[0]?.providerId ?? null, model: named.trim() }),
      ...(words.trim() && { system: words.trim() }),
    });
  const blockedBecause = reader === ANOTHER && named.trim() === "" ? "Name the model first." : undefined;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Replay this run"
      description="Its batches are read once more and held against what was decided. Nothing is proposed, and nothing changes."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isBusy={start.isPending || start.isSuccess}
            blockedBecause={blockedBecause}
            onClick={begin}
          >
            Replay
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field id="replay-reader" label="Read by">
          <Select
            id="replay-reader"
            value={reader}
            onChange={setReader}
            options={[
              { value: AS_CHOSEN, label: "What this space reads with", note: provider.label },
              ...(choices.data ?? []).map(({ label }, index) => ({ value: String(index), label })),
              ...(choices.data?.length ? [{ value: ANOTHER, label: "Another model, by its name" }] : []),
            ]}
          />
        </Field>
        {choices.error && <p className="text-sm text-danger">{messageOf(choices.error)}</p>}
        {reader === ANOTHER && (
          <Field
            id="replay-model"
            label="Name of the model"
            hint={`As the endpoint calls it; it is asked where ${choices.data?.[0]?.label ?? "the first model"} is.`}
          >
            <Input
              id="replay-model"
              value={named}
              maxLength={200}
              aria-describedby="replay-model-help"
              onChange={(event) => setNamed(event.target.value)}
            />
          </Field>
        )}
        <Field
          id="replay-words"
          label="Other words for the prompt"
          hint="Empty: the prompt in force. What protects from instructions in messages is added to yours too."
        >
          <Textarea
            id="replay-words"
            rows={5}
            maxLength={20_000}
            value={words}
            aria-describedby="replay-words-help"
            onChange={(event) => setWords(event.target.value)}
          />
        </Field>
        {run.data && (
          <p className="rounded-md bg-sunken px-3 py-2.5 text-sm">
            {counted(run.data.batchesDone, "batch", "batches")} with {counted(messagesRead(run.data), "message")} will
            be read. {costInWords(run.data.calls)}
          </p>
        )}
        {start.error && (
          <Alert tone="danger" title="The replay was not started">
            {messageOf(start.error)}
          </Alert>
        )}
      </div>
    </Dialog>
  );
}

/** Without those of batches that could not be read. */
const messagesRead = ({ batches }: { batches: { status: string; messageCount: number }[] }) =>
  batches.reduce((sum, batch) => sum + (batch.status === "done" ? batch.messageCount : 0), 0);

/** What the run itself took, as the nearest there is to an estimate. */
function costInWords(calls: {
  count: number;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
}) {
  if (calls.count === 0) return "The run itself asked no model.";
  const tokens = (calls.inputTokens ?? 0) + (calls.outputTokens ?? 0);
  const cost = calls.costUsd === null ? "" : `, ${inDollars(calls.costUsd)}`;
  return `The run itself took ${counted(calls.count, "model call")}, ${counted(tokens, "token")}${cost}.`;
}
