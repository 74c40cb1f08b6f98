import { Check, Circle, CircleAlert, LoaderCircle } from "lucide-react";
import Link from "next/link";

import { Alert } from "#components/ui/alert.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { cn } from "#components/ui/cn.ts";

import type { ProposalItem } from "./proposal.ts";

type Delivery = NonNullable<ProposalItem["delivery"]>;

const STEPS = ["queued", "committed", "pushed"] as const;
const REACHED = { queued: 0, running: 0, committed: 1, pushed: 2, conflicted: 0, failed: 0 } as const satisfies Record<
  Delivery["status"],
  number
>;

/** How far a note has come on its way into the knowledge base: committed and pushed are told apart. */
export function DeliveryState({
  delivery,
  noteHref,
  syncHref,
  hasRemote,
}: {
  delivery: Delivery;
  noteHref: string | null;
  /** Where a person can choose, or have it tried again. */
  syncHref: string;
  /** Undefined while it is not known. */
  hasRemote: boolean | undefined;
}) {
  if (delivery.status === "failed" || delivery.status === "conflicted") {
    return (
      <Alert
        tone="danger"
        title={delivery.status === "failed" ? "The note could not be written" : "The note waits for a person"}
        action={
          <Link href={syncHref} className={buttonStyle({ size: "sm" })}>
            {delivery.status === "failed" ? "See what to do" : "Choose"}
          </Link>
        }
      >
        {delivery.failure ??
          "The knowledge base has changed in the same place. The decision is kept; nothing was overwritten."}
      </Alert>
    );
  }
  const reached = REACHED[delivery.status];
  const steps = hasRemote === false ? STEPS.slice(0, 2) : STEPS;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
      <ol className="flex flex-wrap items-center gap-x-3 gap-y-1" aria-label="Way into the knowledge base">
        {steps.map((step, index) => {
          const isDone = index < reached || (index === reached && reached > 0);
          const isNow = index === reached && reached === 0;
          const Icon = isDone || (step === "queued" && reached > 0) ? Check : isNow ? LoaderCircle : Circle;
          return (
            <li
              key={step}
              aria-current={index === reached ? "step" : undefined}
              className={cn("flex items-center gap-1", index <= reached ? "text-ink" : "text-muted")}
            >
              <Icon aria-hidden className={cn("size-3.5", isDone && "text-success", isNow && "animate-spin")} />
              {step === "queued" && delivery.status === "running" ? "writing" : step}
              {step === "committed" && delivery.commitHash && (
                <code className="font-mono text-xs text-soft">{delivery.commitHash.slice(0, 8)}</code>
              )}
            </li>
          );
        })}
      </ol>
      {hasRemote === false && reached > 0 && <span className="text-muted">kept here, no remote is set</span>}
      {noteHref && (
        <Link href={noteHref} className="text-accent-ink underline underline-offset-2">
          Open the note
        </Link>
      )}
      {delivery.failure && (
        <p className="flex w-full items-start gap-1 text-warning">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {delivery.failure}
        </p>
      )}
    </div>
  );
}
