"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useHotkeys } from "react-hotkeys-hook";

import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Age } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";

import { InSight } from "./in-sight.tsx";
import { Overtaken } from "./overtaken.tsx";
import { type Contributor, ProjectFields } from "./project-fields.tsx";
import { checkForm, formInText, formOf, inText, ProjectForm } from "./project-form.ts";
import { SaveBar } from "./save-bar.tsx";
import { useDraft } from "./use-draft.ts";

type Kept = Outputs["context"]["read"];

/** What is told about the project, to be changed as a whole. */
export function ProjectEditor({ kept, contributors }: { kept: Kept; contributors: readonly Contributor[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const original = formOf(kept.content);
  const draft = useDraft({
    name: `project.${space.id}`,
    schema: ProjectForm,
    content: original,
    version: kept.version,
  });
  const [problems, setProblems] = useState<readonly string[]>([]);
  const saving = useMutation(
    trpc.context.change.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.context.pathFilter()),
    }),
  );
  const isChanged = draft.isKept && JSON.stringify(draft.content) !== JSON.stringify(original);
  const save = () => {
    if (saving.isPending || !isChanged || draft.wasOvertaken) return;
    const checked = checkForm(draft.content);
    setProblems(checked.isGood ? [] : checked.problems);
    if (!checked.isGood) return;
    saving.mutate(
      { spaceId: space.id, content: checked.content, seenVersion: draft.seenVersion },
      {
        onSuccess: ({ version }) => {
          draft.settle(draft.content, version);
          toast.success("Saved. The next reading is given it.");
        },
      },
    );
  };
  const discard = () => {
    draft.forget();
    setProblems([]);
    saving.reset();
  };
  const form = useHotkeys<HTMLFormElement>("mod+enter", save, { enableOnFormTags: true, preventDefault: true });

  return (
    <form
      ref={form}
      aria-label="The project"
      className="flex flex-col gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <p className="text-muted">
        Given to every reading of messages, by a model or by rules. It says nothing to people outside of this space.
      </p>
      {draft.wasRestored && isChanged && !draft.wasOvertaken && <Alert title="What you had not saved is back" />}
      <ProjectFields form={draft.content} contributors={contributors} onChange={draft.write} />
      {draft.wasOvertaken && isChanged && !saving.isPending && (
        <InSight isWanted={saving.error !== null}>
          <Overtaken
            changed={kept.changed}
            theirs={inText(kept.content)}
            mine={formInText(draft.content)}
            onDrop={discard}
            onInsist={draft.insist}
          />
        </InSight>
      )}
      {problems.length > 0 && (
        <InSight>
          <Alert tone="danger" title="Not saved yet">
            <ul className="list-disc pl-4">
              {problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          </Alert>
        </InSight>
      )}
      {saving.error && !draft.wasOvertaken && (
        <InSight>
          <Alert tone="danger" title="Not saved; what you wrote is kept here">
            {messageOf(saving.error)}
          </Alert>
        </InSight>
      )}
      <SaveBar
        isChanged={isChanged}
        isSaving={saving.isPending}
        blockedBecause={draft.wasOvertaken ? "It was changed meanwhile: choose above what is to stand." : undefined}
        onDiscard={discard}
      >
        {kept.changed ? (
          <>
            Last changed by {kept.changed.by}, <Age at={kept.changed.at} inWords />.
          </>
        ) : (
          "Nothing was told yet."
        )}
      </SaveBar>
    </form>
  );
}
