"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import Link from "next/link";

import { useCommands } from "#components/shell/commands.tsx";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Prose } from "#components/ui/markdown.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Hint } from "#components/ui/tooltip.tsx";

import { COMMANDS } from "../commands.ts";
import { counted, KIND_WORDS } from "../words.ts";
import type { Audit } from "./rule.ts";

/** What rules approved and somebody is to look at, one after the other. */
export function AuditLane() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const { data, error } = useQuery(trpc.rules.audits.queryOptions({ spaceId: space.id }));
  const [first] = data?.items ?? [];
  const { say, isBusy } = useVerdict();
  const once = (audit: Audit, wasRight: boolean) => (event: KeyboardEvent) => {
    if (!event.repeat) say(audit, wasRight);
  };
  useCommands(first && !readOnly ? { auditRight: once(first, true), auditWrong: once(first, false) } : {});
  return (
    <section aria-labelledby="rules-audits" className="flex flex-col gap-3">
      <h2 id="rules-audits" className="text-lg font-semibold">
        To look at
      </h2>
      {error && (
        <Alert tone="danger" title="What is to be looked at could not be loaded">
          {messageOf(error)}
        </Alert>
      )}
      {!data && !error && <SkeletonRows rows={2} />}
      {data && !first && <p className="text-muted">Nothing: everything that was kept for a look has been looked at.</p>}
      {data && first && (
        <>
          <p className="text-sm text-muted" role="status">
            {counted(data.count, "approval")} to look at, the oldest first.
          </p>
          <article
            key={first.id}
            aria-label={first.title}
            className="flex flex-col gap-3 rounded-lg border bg-surface p-4"
          >
            <Approved audit={first} />
            {readOnly ? (
              <p className="text-sm text-muted">{readOnly}</p>
            ) : (
              <div className="flex flex-wrap gap-2">
                <Hint label={COMMANDS.auditRight.label} keys={COMMANDS.auditRight.keys}>
                  <Button variant="primary" isBusy={isBusy} onClick={() => say(first, true)}>
                    <Check aria-hidden />
                    Right
                  </Button>
                </Hint>
                <Hint label={COMMANDS.auditWrong.label} keys={COMMANDS.auditWrong.keys}>
                  <Button isBusy={isBusy} onClick={() => say(first, false)}>
                    <X aria-hidden />
                    Wrong
                  </Button>
                </Hint>
              </div>
            )}
          </article>
        </>
      )}
    </section>
  );
}

function Approved({ audit }: { audit: Audit }) {
  const path = useSpacePath();
  return (
    <>
      <div>
        <h3 className="text-lg font-semibold break-words">
          <Link href={path(`review/${audit.id}`)} className="hover:underline">
            {audit.title}
          </Link>
        </h3>
        <p className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
          <Badge tone="outline">{KIND_WORDS[audit.kind].one}</Badge>
          <span>
            by “{audit.rule.name}”, <Age at={audit.approvedAt} inWords />
          </span>
          {audit.status === "pending" && <span>taken back since</span>}
        </p>
      </div>
      <ul className="flex flex-col gap-1.5">
        {audit.evidence.map((evidence) => (
          <li key={evidence.id} className="border-l-2 border-accent pl-3">
            <blockquote className="line-clamp-4 break-words whitespace-pre-wrap">“{evidence.quote}”</blockquote>
          </li>
        ))}
      </ul>
      {audit.body && <Prose text={audit.body} className="line-clamp-6 text-soft" />}
    </>
  );
}

/** Says whether an approval was right; of a wrong one, offers to take it back. One at a time. */
function useVerdict() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const undo = useMutation(
    trpc.proposals.undo.mutationOptions({
      onSuccess: () => toast("It waits for a decision again."),
      onError: (error) => toast.error(messageOf(error)),
      onSettled: () => queryClient.invalidateQueries(trpc.proposals.pathFilter()),
    }),
  );
  const verdict = useMutation(
    trpc.rules.verdict.mutationOptions({
      onError: (error) => toast.error(messageOf(error)),
      // Under way until the next one is there, so that a second press is not for this one.
      onSettled: () => queryClient.invalidateQueries(trpc.rules.pathFilter()),
    }),
  );
  const say = (audit: Audit, wasRight: boolean) => {
    if (verdict.isPending) return;
    const about = { spaceId: space.id, proposalId: audit.id };
    verdict.mutate(
      { ...about, wasRight },
      {
        onSuccess: () => {
          if (wasRight || audit.status !== "approved") return;
          toast(`“${audit.title}” still stands.`, {
            duration: 20_000,
            action: {
              label: "Undo the approval",
              onClick: () => undo.mutate({ ...about, version: audit.version }),
            },
          });
        },
      },
    );
  };
  return { say, isBusy: verdict.isPending };
}
