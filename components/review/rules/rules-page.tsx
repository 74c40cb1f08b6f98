"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, Plus, ShieldCheck } from "lucide-react";
import Link from "next/link";
import { useState } from "react";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { hasRole } from "#server/auth/schema.ts";

import { AuditLane } from "./audit-lane.tsx";
import type { Rule } from "./rule.ts";
import { RuleEditor } from "./rule-editor.tsx";
import { RuleRow } from "./rule-row.tsx";

/** What Winnow may approve by itself, how right it was, and what of it is still to be looked at. */
export function RulesPage() {
  const trpc = useTRPC();
  const { space, role } = useSpace();
  const path = useSpacePath();
  const isAdmin = hasRole(role, "admin");
  const { data, error, refetch } = useQuery(trpc.rules.list.queryOptions({ spaceId: space.id }));
  const { data: choices } = useQuery(trpc.rules.choices.queryOptions({ spaceId: space.id }));
  const [edited, setEdited] = useState<Rule | "new" | null>(null);
  const add = isAdmin ? (
    <Button variant="primary" onClick={() => setEdited("new")}>
      <Plus aria-hidden />
      New rule
    </Button>
  ) : undefined;
  return (
    <div className="flex h-full min-h-0 flex-col overflow-y-auto">
      <PageHeader
        title="Rules"
        before={
          <Link
            href={path("review")}
            className="mb-1 inline-flex min-h-6 items-center gap-1 text-sm text-muted hover:text-ink"
          >
            <ArrowLeft aria-hidden className="size-4" />
            Review
          </Link>
        }
        action={data && data.length > 0 ? add : undefined}
      >
        What may be approved without anyone looking first. Off until past decisions speak for it, and off again by
        itself when it is wrong too often.
      </PageHeader>
      <div className="mx-auto flex w-full max-w-3xl flex-col gap-8 px-4 py-4 md:px-6">
        {error && <NotRead title="The rules could not be loaded" error={error} onRetry={() => void refetch()} />}
        {!data && !error && <SkeletonRows rows={3} />}
        {data?.length === 0 && (
          <EmptyState icon={ShieldCheck} title="Everything is decided by people" action={add}>
            A rule is tried on past decisions before it can be saved: you see what it would have approved, and how often
            people did the same.{!isAdmin && " An admin of this space can make one."}
          </EmptyState>
        )}
        {data && data.length > 0 && (
          <>
            <AuditLane />
            <section aria-labelledby="rules-list">
              <h2 id="rules-list" className="text-lg font-semibold">
                The rules
              </h2>
              <ul>
                {data.map((rule) => (
                  <RuleRow
                    key={rule.id}
                    rule={rule}
                    chats={choices?.chats}
                    canChange={isAdmin}
                    onChange={() => setEdited(rule)}
                  />
                ))}
              </ul>
            </section>
          </>
        )}
      </div>
      {edited && (
        <RuleEditor
          rule={edited === "new" ? null : edited}
          choices={choices ?? { chats: [], generatedBy: [] }}
          onClose={() => setEdited(null)}
        />
      )}
    </div>
  );
}
