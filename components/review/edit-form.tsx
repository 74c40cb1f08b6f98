"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useHotkeys } from "react-hotkeys-hook";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { focusOnMount } from "#components/ui/focus-on-mount.ts";
import { Input } from "#components/ui/input.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { Select } from "#components/ui/select.tsx";
import { readStored, store } from "#components/ui/stored.ts";
import { Textarea } from "#components/ui/textarea.tsx";
import { Body, Category, NoteType, Priority, ProposalDetails, Title } from "#server/proposals/schema.ts";

import { type Draft, draftKey, draftOf, editOf, isSameDraft, type KeptDraft, readDraft } from "./draft.ts";
import type { ProposalItem } from "./proposal.ts";
import { CATEGORY_WORDS, PRIORITY_WORDS } from "./words.ts";

const SAVE = "mod+enter";
const CLOSE = "escape";

type Problems = Partial<Record<keyof Draft, string>>;

/**
 * The words and fields of a proposal, to be changed in place. Every key stroke is kept in this browser until the server
 * has the text, so that neither Escape nor a reload nor a failed save loses any of it.
 */
export function EditForm({ proposal, onClose }: { proposal: ProposalItem; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const original = draftOf(proposal);
  const key = draftKey(proposal.id);
  const [kept, setKept] = useState<KeptDraft>(
    () => readDraft(readStored(key)) ?? { version: proposal.version, draft: original },
  );
  const { draft, version } = kept;
  const [wasRestored, setWasRestored] = useState(() => !isSameDraft(draft, original));
  const [problems, setProblems] = useState<Problems>({});
  const id = useId();
  const save = useMutation(
    trpc.proposals.edit.mutationOptions({
      onSuccess: () => {
        store(key, null);
        void queryClient.invalidateQueries(trpc.proposals.pathFilter());
        onClose();
      },
    }),
  );
  const isChanged = !isSameDraft(draft, original);
  const wasOvertaken = version !== proposal.version;

  const change = <Name extends keyof Draft>(field: Name, value: Draft[Name]) => {
    const next = { version, draft: { ...draft, [field]: value } };
    setKept(next);
    store(key, isSameDraft(next.draft, original) ? null : JSON.stringify(next));
    setProblems(({ [field]: _solved, ...rest }) => rest);
  };

  const startOver = () => {
    setKept({ version: proposal.version, draft: original });
    setWasRestored(false);
    store(key, null);
    save.reset();
  };

  const submit = (over = version) => {
    if (save.isPending) return;
    const edit = editOf(draft, proposal);
    const found = problemsOf(edit);
    setProblems(found);
    const [first] = Object.keys(found);
    if (first) document.getElementById(`${id}-${first}`)?.focus();
    else save.mutate({ spaceId: space.id, proposalId: proposal.id, version: over, ...edit });
  };

  const form = useHotkeys<HTMLFormElement>(
    [SAVE, CLOSE],
    (event, { hotkey }) => {
      event.preventDefault();
      if (hotkey === SAVE) submit();
      else onClose();
    },
    { enableOnFormTags: true },
  );

  const text = (field: "title" | "topic" | "tags" | "assignee" | "due") => ({
    id: `${id}-${field}`,
    value: draft[field],
    "aria-invalid": problems[field] !== undefined,
    "aria-describedby": `${id}-${field}-help`,
    onChange: (event: { target: { value: string } }) => change(field, event.target.value),
  });

  return (
    <form
      ref={form}
      className="flex flex-col gap-3"
      aria-label={`Edit ${proposal.title}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {wasRestored && (
        <Alert
          title="Your unsaved text from before is back"
          action={
            <Button size="sm" onClick={startOver}>
              Start over
            </Button>
          }
        />
      )}
      <Field id={`${id}-title`} label="Title" error={problems.title}>
        <Input ref={focusOnMount} {...text("title")} />
      </Field>
      <Field id={`${id}-body`} label="Text" hint="Markdown" error={problems.body}>
        <Textarea
          id={`${id}-body`}
          rows={8}
          value={draft.body}
          aria-invalid={problems.body !== undefined}
          aria-describedby={`${id}-body-help`}
          onChange={(event) => change("body", event.target.value)}
        />
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field id={`${id}-noteType`} label="Type">
          <Select
            id={`${id}-noteType`}
            value={draft.noteType}
            onChange={(value) => change("noteType", value)}
            options={NoteType.options.map((value) => ({ value, label: value }))}
          />
        </Field>
        <Field
          id={`${id}-topic`}
          label="Topic"
          hint={draft.noteType === "Task" ? "Tasks share one folder" : "Becomes its folder"}
          error={problems.topic}
        >
          <Input {...text("topic")} />
        </Field>
        <Field id={`${id}-assignee`} label="Owner" error={problems.assignee}>
          <Input {...text("assignee")} />
        </Field>
        <Field id={`${id}-due`} label="Due" error={problems.due}>
          <Input type="date" {...text("due")} />
        </Field>
        <Field id={`${id}-priority`} label="Priority">
          <Select
            id={`${id}-priority`}
            value={draft.priority}
            onChange={(value) => change("priority", value)}
            options={[
              { value: "none", label: "None" },
              ...Priority.options.map((value) => ({ value, label: PRIORITY_WORDS[value] })),
            ]}
          />
        </Field>
        <Field id={`${id}-category`} label="Category">
          <Select
            id={`${id}-category`}
            value={draft.category}
            onChange={(value) => change("category", value)}
            options={[
              { value: "none", label: "None" },
              ...Category.options.map((value) => ({ value, label: CATEGORY_WORDS[value] })),
            ]}
          />
        </Field>
        <Field
          id={`${id}-tags`}
          label="Tags"
          hint="Separated by commas"
          error={problems.tags}
          className="sm:col-span-2"
        >
          <Input {...text("tags")} />
        </Field>
      </div>
      {save.error && (
        <Alert
          tone="danger"
          title="Not saved; your text is kept here"
          action={
            wasOvertaken && (
              <Button size="sm" onClick={() => submit(proposal.version)}>
                Save mine over it
              </Button>
            )
          }
        >
          {messageOf(save.error)}
        </Alert>
      )}
      <div className="sticky bottom-0 flex flex-wrap items-center gap-2 border-t bg-surface py-2">
        <Button type="submit" variant="primary" isBusy={save.isPending}>
          Save
          <Kbd keys={["⌘/Ctrl", "Enter"]} className="pointer-coarse:hidden" />
        </Button>
        <Button onClick={() => onClose()}>
          Close
          <Kbd keys={["Esc"]} className="pointer-coarse:hidden" />
        </Button>
        {isChanged && <span className="text-sm text-muted">Kept in this browser until you save.</span>}
      </div>
    </form>
  );
}

/** What the server would refuse, said beside the field before it is sent. */
function problemsOf({ title, body, details }: ReturnType<typeof editOf>): Problems {
  const problems: Problems = {};
  const note = (field: keyof Draft, message: string | undefined) => {
    if (message) problems[field] ??= message;
  };
  note("title", Title.safeParse(title).error?.issues[0]?.message);
  note("body", Body.safeParse(body).error?.issues[0]?.message);
  for (const issue of ProposalDetails.partial().safeParse(details).error?.issues ?? []) {
    const [field] = issue.path;
    if (field === "topic") note("topic", "A topic has at most 80 characters.");
    if (field === "tags") note("tags", "At most 12 tags of at most 40 characters each.");
    if (field === "assignee") note("assignee", "A name has at most 120 characters.");
    if (field === "due") note("due", "A day as in 2026-11-30.");
  }
  return problems;
}
