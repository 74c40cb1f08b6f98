"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { COMMANDS } from "#components/review/commands.ts";
import { counted } from "#components/review/words.ts";
import { useCommands } from "#components/shell/commands.tsx";
import { useReadOnlyReason, useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { focusOnMount } from "#components/ui/focus-on-mount.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import { MarkdownEditor } from "#components/ui/markdown-editor.tsx";
import { Said } from "#components/ui/said.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ConflictChoice } from "#server/kb/schema.ts";

import { CHOICE_COMMANDS, ChoiceGroup } from "./choice-group.tsx";
import { firstText, resolutionOf, undecided, whyNot } from "./choices.ts";
import { FileTabs } from "./file-tabs.tsx";
import type { Conflict } from "./kb.ts";
import { useChoices } from "./use-choices.ts";
import { Versions } from "./versions.tsx";

/**
 * The choice for each file of a conflict, by mouse or by keys, and the button that has it committed.
 * @param refusal why an earlier choice could not be written
 */
export function ConflictForm({
  conflict,
  refusal,
  onDecided,
}: {
  conflict: Conflict;
  refusal: string | null;
  onDecided: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const { choices, choose, write, forget } = useChoices(conflict.id);
  const [shownPath, setShownPath] = useState(conflict.files[0]?.path);
  const shown = conflict.files.find((file) => file.path === shownPath) ?? conflict.files[0];
  const resolve = useMutation(
    trpc.kb.resolve.mutationOptions({
      onSuccess: () => {
        forget();
        onDecided();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.kb.pathFilter()),
    }),
  );
  const left = undecided(conflict.files, choices);
  const value = (shown && choices[shown.path]?.choice) ?? null;

  const step = (by: 1 | -1) => {
    const at = conflict.files.findIndex((file) => file === shown) + by;
    const next = conflict.files[Math.min(Math.max(at, 0), conflict.files.length - 1)];
    if (next) setShownPath(next.path);
  };
  const mark = (choice: ConflictChoice) => {
    if (!shown) return;
    const reason = readOnly ?? whyNot(choice, shown);
    if (reason) toast(reason);
    else choose(shown, choice);
  };
  const commit = () => {
    if (resolve.isPending) return;
    const files = resolutionOf(conflict.files, choices);
    if (files) return resolve.mutate({ spaceId: space.id, conflictId: conflict.id, files });
    if (left[0]) setShownPath(left[0].path);
    toast(missing(left.length, conflict.files.length));
  };

  useCommands({
    next: () => step(1),
    previous: () => step(-1),
    ...(readOnly === undefined && {
      [CHOICE_COMMANDS.ours]: () => mark("ours"),
      [CHOICE_COMMANDS.theirs]: () => mark("theirs"),
      [CHOICE_COMMANDS.both]: () => mark("both"),
      [CHOICE_COMMANDS.edited]: () => mark("edited"),
      commitChoice: (event: KeyboardEvent) => {
        if (!event.repeat) commit();
      },
    }),
  });

  if (!shown) return null;
  return (
    <>
      <div className="min-h-0 flex-1 overflow-y-auto" tabIndex={0} role="group" aria-label="The conflict in full">
        <div className="flex max-w-7xl flex-col gap-4 px-4 py-4 md:px-6">
          {refusal && (
            <Alert tone="danger" title="The last choice was not written">
              <Said text={refusal} />
            </Alert>
          )}
          {conflict.files.length > 1 && (
            <FileTabs files={conflict.files} choices={choices} shown={shown} onShow={setShownPath} />
          )}
          <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
            <span className="text-muted">File</span>
            <code className="font-mono break-all">{shown.path}</code>
          </p>
          <Versions key={`versions of ${shown.path}`} conflict={conflict} file={shown} />
          <ChoiceGroup conflict={conflict} file={shown} value={value} blockedBecause={readOnly} onChoose={mark} />
          {value === "edited" && readOnly === undefined && (
            <MarkdownEditor
              key={`text of ${shown.path}`}
              ref={focusOnMount}
              label="What is to stand there"
              value={choices[shown.path]?.text ?? firstText(shown)}
              onChange={(text) => write(shown, text)}
            />
          )}
          {resolve.error && (
            <Alert tone="danger" title="Not committed; your choice is kept here">
              {messageOf(resolve.error)}
            </Alert>
          )}
        </div>
      </div>
      {readOnly === undefined && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t bg-surface px-4 py-2 md:px-6">
          <Button
            variant="primary"
            isBusy={resolve.isPending}
            onClick={commit}
            className="max-sm:flex-1"
            aria-describedby="choices-left"
          >
            Commit the choice
            <Kbd keys={COMMANDS.commitChoice.keys} className="pointer-coarse:hidden" />
          </Button>
          <p id="choices-left" role="status" className="text-sm text-muted">
            {left.length > 0
              ? missing(left.length, conflict.files.length)
              : "One commit, in the names of both authors and yours as reviewer."}
          </p>
        </div>
      )}
    </>
  );
}

const missing = (left: number, all: number) =>
  all === 1 ? "Choose first what is to stand there." : `${counted(left, "file")} of ${all} without a choice yet.`;
