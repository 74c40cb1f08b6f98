"use client";

import { useCallback, useRef, useState } from "react";

import { useCommands } from "#components/shell/commands.tsx";
import { useReadOnlyReason } from "#components/shell/space.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { Beginning } from "./beginning.tsx";
import { Composer } from "./composer.tsx";
import { addFiles } from "./files.ts";
import { Log } from "./log.tsx";
import { ModeSwitch } from "./mode-switch.tsx";
import { type Outgoing, useChat, useDraft } from "./use-chat.ts";
import { useFileDrop } from "./use-file-drop.ts";

/** One's own conversation with Winnow: the same as in any other chat that it is in. */
export function ChatPage() {
  const readOnly = useReadOnlyReason();
  const { query, outgoing, send, resend, takeBack } = useChat();
  const draft = useDraft();
  const [files, setFiles] = useState<readonly File[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const fieldRef = useRef<HTMLTextAreaElement>(null);
  const focusField = useCallback(() => fieldRef.current?.focus(), []);
  useCommands({ write: focusField });

  const attach = (more: readonly File[]) => {
    const next = addFiles(files, more);
    setFiles(next.files);
    setProblem(next.problem);
  };
  const drop = useFileDrop(readOnly === undefined ? attach : null);

  const submit = async () => {
    const text = draft.text;
    if (text.trim() === "" && files.length === 0) return;
    const { arrived } = draft.handOver();
    setFiles([]);
    setProblem(null);
    if (await send(text, files)) arrived();
  };
  const rewrite = (message: Outgoing) => {
    takeBack(message.key);
    draft.write(message.text);
    attach(message.files);
    focusField();
  };
  const fill = (text: string) => {
    draft.write(text);
    focusField();
  };

  const { data, error, isPending, refetch } = query;
  return (
    <div className="relative flex h-full min-h-0 flex-col" {...drop.handlers}>
      <header className="flex min-h-12 items-center gap-x-4 border-b px-4 py-2 md:px-6">
        <h1 className="min-w-0 flex-1 text-lg font-semibold">Chat</h1>
        {data && <ModeSwitch mode={data.mode} send={send} />}
      </header>
      {error && (
        <div className="px-4 pt-3 md:px-6">
          <NotRead
            title={data ? "This chat may be out of date" : "The chat could not be loaded"}
            error={error}
            onRetry={() => void refetch()}
          />
        </div>
      )}
      {isPending ? (
        <SkeletonRows rows={5} className="mx-auto w-full max-w-3xl flex-1 p-6" />
      ) : data && (data.items.length > 0 || outgoing.length > 0) ? (
        <Log items={data.items} outgoing={outgoing} onResend={(message) => void resend(message)} onRewrite={rewrite} />
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto">{data && <Beginning onPick={readOnly ? null : fill} />}</div>
      )}
      {readOnly ? (
        <p className="border-t px-4 py-3 text-center text-sm text-muted">
          {readOnly} Until then you cannot write here.
        </p>
      ) : (
        <Composer
          fieldRef={fieldRef}
          mode={data?.mode ?? "note"}
          text={draft.text}
          onWrite={draft.write}
          files={files}
          problem={problem}
          onAttach={attach}
          onDetach={(file) => setFiles(files.filter((each) => each !== file))}
          onSubmit={() => void submit()}
        />
      )}
      {drop.isOver && (
        <div className="pointer-events-none absolute inset-2 z-10 flex items-center justify-center rounded-lg border-2 border-dashed border-accent bg-raised font-medium">
          Drop the files here to attach them
        </div>
      )}
    </div>
  );
}
