"use client";

import { useQuery } from "@tanstack/react-query";
import { CheckCheck, CircleCheck, Circle, FilterX, Inbox } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";

import type { Queue } from "./use-queue.ts";
import { STATUS_WORDS } from "./words.ts";

/** What an empty queue means here: filtered away, nothing connected, nothing read yet, or all done. */
export function EmptyQueue({ queue }: { queue: Queue }) {
  const { filters, filterBy, counts } = queue;
  if (filters.q || filters.kind || filters.run) {
    return (
      <EmptyState
        icon={FilterX}
        title="Nothing matches"
        action={<Button onClick={() => filterBy({ q: "", kind: null, run: null })}>Clear the filters</Button>}
      >
        No {STATUS_WORDS[filters.status].label.toLowerCase()} proposal fits these filters.
      </EmptyState>
    );
  }
  if (filters.status !== "pending") {
    return (
      <EmptyState icon={Inbox} title={`Nothing ${STATUS_WORDS[filters.status].label.toLowerCase()} yet`}>
        Decisions appear here as they are made.
      </EmptyState>
    );
  }
  const decided = counts ? counts.approved + counts.rejected + counts.merged : 0;
  return decided > 0 ? <AllDone /> : <GettingStarted />;
}

function AllDone() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data } = useQuery(
    trpc.proposals.list.queryOptions({ spaceId: space.id, status: ["approved", "rejected", "merged"], limit: 5 }),
  );
  return (
    <EmptyState
      icon={CheckCheck}
      title="All decided"
      action={
        <Link href={path("runs")} className={buttonStyle({ variant: "secondary" })}>
          Close the run or start another
        </Link>
      }
    >
      <p>New proposals appear here by themselves.</p>
      {data && data.items.length > 0 && (
        <div className="mt-4 text-left">
          <h3 className="mb-1 text-sm font-medium">Last decisions</h3>
          <ul className="flex flex-col gap-1 text-sm">
            {data.items.map((item) => (
              <li key={item.id} className="flex items-baseline gap-2">
                <Link
                  href={path(`review?status=${item.status}&proposal=${item.id}`)}
                  className="min-w-0 truncate text-ink underline decoration-line underline-offset-2"
                >
                  {item.title}
                </Link>
                <span className="ml-auto shrink-0">
                  {STATUS_WORDS[item.status].label.toLowerCase()} <Age at={item.decidedAt ?? item.createdAt} inWords />
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </EmptyState>
  );
}

/** What is still missing before there is something to review, each step looked up live. */
function GettingStarted() {
  const trpc = useTRPC();
  const { space, provider } = useSpace();
  const path = useSpacePath();
  const messages = useQuery(trpc.messages.list.queryOptions({ spaceId: space.id, limit: 1 }));
  const runs = useQuery(trpc.runs.list.queryOptions({ spaceId: space.id, limit: 1 }));
  if (!messages.data || !runs.data) return <SkeletonRows rows={3} className="p-6" />;
  const hasMessages = messages.data.items.length > 0;
  const [run] = runs.data.items;
  const hasRun = run !== undefined;
  return (
    <EmptyState
      icon={Inbox}
      title={hasMessages ? "Nothing to review yet" : "Let's get the first messages in"}
      action={
        hasMessages && (
          <Link href={path(hasRun ? `runs/${run.id}` : "runs?new=1")} className={buttonStyle({ variant: "primary" })}>
            {hasRun ? "See the last run" : "Start the first run"}
          </Link>
        )
      }
    >
      <ol className="mt-2 flex flex-col gap-3 text-left">
        <Step isDone={hasMessages} title="Messages arrive">
          An admin makes a bot with @BotFather, switches its privacy mode off and sets TELEGRAM_BOT_TOKEN. Then add it
          to your group with a link from People, and it sees what is said.
        </Step>
        <Step isDone title={provider.label}>
          {provider.isModel
            ? "This model reads the messages."
            : "Plain rules read the messages. Set OPENAI_API_KEY to use a model instead."}
        </Step>
        <Step isDone={hasRun} title="A run reads them">
          A run looks at the messages of a window of time and proposes what is worth keeping.
        </Step>
        <Step isDone={false} title="You decide">
          Proposals appear here, each with the words that it rests on.
        </Step>
      </ol>
    </EmptyState>
  );
}

function Step({ isDone, title, children }: { isDone: boolean; title: string; children: ReactNode }) {
  const Icon = isDone ? CircleCheck : Circle;
  return (
    <li className="flex gap-2">
      <Icon
        aria-label={isDone ? "done" : "to do"}
        className={isDone ? "mt-0.5 size-4 shrink-0 text-success" : "mt-0.5 size-4 shrink-0"}
      />
      <div>
        <p className="font-medium text-ink">{title}</p>
        {!isDone && <p className="text-sm">{children}</p>}
      </div>
    </li>
  );
}
