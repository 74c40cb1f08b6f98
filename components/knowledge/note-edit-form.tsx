"use client";

import { useState } from "react";
import { useHotkeys } from "react-hotkeys-hook";

import { committedInWords, OperationNews } from "#components/kb/operation-news.tsx";
import { useOperation, useWriting } from "#components/kb/use-writing.ts";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPCClient } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { focusOnMount } from "#components/ui/focus-on-mount.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import { MarkdownEditor } from "#components/ui/markdown-editor.tsx";
import { toast } from "#components/ui/toast.tsx";
import { WordDiff } from "#components/ui/word-diff.tsx";

import type { Note, Source } from "./note.ts";
import type { NoteDraft } from "./note-draft.ts";
import { useNoteDraft } from "./use-note-draft.ts";

const SAVE = "mod+enter";
const CLOSE = "escape";

/** The file with its preview. A save is followed until it is committed; where someone was quicker, both texts are kept. */
export function NoteEditForm({
  note,
  source,
  linkTo,
  onClose,
}: {
  note: Note;
  source: Source;
  linkTo: (path: string) => string | null;
  onClose: () => void;
}) {
  const client = useTRPCClient();
  const { space } = useSpace();
  const text = useNoteDraft(note.id, source);
  const { draft } = text;
  const saving = useWriting({
    request: async ({ base, content }: NoteDraft) => {
      const asked = await client.knowledge.edit.mutate({ spaceId: space.id, noteId: note.id, base, content });
      text.hold(asked.operationId);
      return asked;
    },
    onEnd: (operation) => {
      if (operation?.status === "failed") return text.hold(null);
      text.forget();
      if (operation?.status === "conflicted") return;
      toast.success(operation ? `Saved. ${committedInWords(operation)}.` : "Nothing had to be changed.");
      onClose();
    },
  });
  const save = () => {
    if (saving.isPending) return;
    if (text.isChanged) saving.start(draft);
    else toast("Nothing is changed yet.");
  };
  const outcome = useOperation(saving.operationId);
  const form = useHotkeys<HTMLFormElement>(
    [SAVE, CLOSE],
    (event, { hotkey }) => {
      event.preventDefault();
      if (hotkey === SAVE) save();
      else onClose();
    },
    { enableOnFormTags: true },
  );

  // The text is with the conflict now, where nothing of it is lost.
  if (saving.operationId && outcome?.status === "conflicted" && !text.isChanged) {
    return (
      <div className="flex flex-col items-start gap-3">
        <OperationNews operationId={saving.operationId} className="self-stretch" />
        <Button onClick={onClose}>Back to the text</Button>
      </div>
    );
  }
  return (
    <form
      ref={form}
      className="flex flex-col gap-3"
      aria-label={`Edit ${note.title}`}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {text.wasRestored && (
        <Alert
          title="Your unsaved text from before is back"
          action={
            <Button size="sm" onClick={text.forget}>
              Start over
            </Button>
          }
        />
      )}
      {text.isChanged && text.wasOvertaken && <Overtaken original={draft.original} current={source.content} />}
      <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
        <span className="text-muted">File</span>
        <code className="font-mono break-all">{source.path}</code>
      </p>
      <MarkdownEditor
        ref={focusOnMount}
        label="As it is written"
        value={draft.content}
        isReadOnly={saving.isPending}
        onChange={text.write}
        linkTo={linkTo}
      />
      {saving.error && (
        <Alert tone="danger" title="Not saved; your text is kept here">
          {messageOf(saving.error)}
        </Alert>
      )}
      {saving.operationId && <OperationNews operationId={saving.operationId} />}
      <div className="sticky bottom-0 flex flex-wrap items-center gap-2 border-t bg-surface py-2">
        <Button type="submit" variant="primary" isBusy={saving.isPending}>
          Save
          <Kbd keys={["⌘/Ctrl", "Enter"]} className="pointer-coarse:hidden" />
        </Button>
        <Button onClick={onClose}>
          Close
          <Kbd keys={["Esc"]} className="pointer-coarse:hidden" />
        </Button>
        <span className="text-sm text-muted">
          {text.isChanged
            ? "Kept in this browser until you save."
            : "A save is a commit in your name, and says that you have approved the text."}
        </span>
      </div>
    </form>
  );
}

/** What others made of the note meanwhile. */
function Overtaken({ original, current }: { original: string; current: string }) {
  const [isShown, setShown] = useState(false);
  return (
    <Alert
      tone="warning"
      title="The note was changed since you began"
      action={
        <Button size="sm" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? "Hide the change" : "Show the change"}
        </Button>
      }
    >
      Save as usual: your text and that change are joined. Where both touch the same place, both are kept for a choice,
      and you are told.
      {isShown && <WordDiff before={original} after={current} label="What was changed meanwhile" className="mt-2" />}
    </Alert>
  );
}
