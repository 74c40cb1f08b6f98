import { FileText } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Moment } from "#components/ui/time.tsx";

import type { Said } from "./chat.ts";
import { sizeInWords } from "./files.ts";
import type { Outgoing } from "./use-chat.ts";

/** What one has said oneself, as it was written. */
export function OwnMessage({ message }: { message: Said }) {
  return (
    <Bubble text={message.text} files={message.files}>
      <Moment at={message.at} show="time" className="text-xs text-muted" />
    </Bubble>
  );
}

/** The same while it is on its way, and when it did not arrive. */
export function OutgoingMessage({
  message,
  onResend,
  onRewrite,
}: {
  message: Outgoing;
  onResend: () => void;
  onRewrite: () => void;
}) {
  return (
    <Bubble text={message.text} files={message.files} isPale={message.failure === null && message.messageId === null}>
      {message.failure === null ? (
        <span className="text-xs text-muted">{message.messageId === null ? "Sending…" : "Sent"}</span>
      ) : (
        <span className="flex flex-col items-end gap-1.5">
          <span role="alert" className="text-right text-sm text-danger">
            Not sent. {message.failure}
          </span>
          <span className="flex gap-2">
            <Button size="sm" onClick={onRewrite}>
              Edit
            </Button>
            <Button size="sm" variant="primary" onClick={onResend}>
              Try again
            </Button>
          </span>
        </span>
      )}
    </Bubble>
  );
}

function Bubble({
  text,
  files,
  isPale = false,
  children,
}: {
  text: string;
  files: ReadonlyArray<{ name: string; size: number | null }>;
  isPale?: boolean;
  children: ReactNode;
}) {
  return (
    <article aria-label="You" className="flex flex-col items-end gap-1 self-stretch">
      <div className="flex max-w-11/12 flex-col gap-1.5 rounded-lg bg-sunken px-3 py-2 sm:max-w-5/6">
        {text !== "" && <p className={cn("break-words whitespace-pre-wrap", isPale && "text-muted")}>{text}</p>}
        {files.length > 0 && (
          <ul aria-label="Files" className="flex flex-col gap-1">
            {files.map((file, index) => (
              <li key={`${index} ${file.name}`} className="flex min-w-0 items-center gap-1.5 text-sm">
                <FileText aria-hidden className="size-4 shrink-0 text-muted" />
                <span className="truncate">{file.name}</span>
                {file.size !== null && <span className="shrink-0 text-muted">{sizeInWords(file.size)}</span>}
              </li>
            ))}
          </ul>
        )}
      </div>
      {children}
    </article>
  );
}
