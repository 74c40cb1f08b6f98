"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";

import { counted } from "#components/review/words.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";

import type { ConflictLine } from "./kb.ts";
import { Section } from "./section.tsx";
import { sourceInWords } from "./words.ts";

/** Where two versions could not be made one: those that wait for a person first, then those that were resolved last. */
export function ConflictList() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useQuery(trpc.kb.conflicts.queryOptions({ spaceId: space.id }));
  const open = data?.items.filter((conflict) => conflict.status === "open").length ?? 0;
  return (
    <Section id="conflicts" title="Conflicts" aside={open > 0 && <Badge tone="warning">{open} open</Badge>}>
      {error && !data && (
        <Alert tone="danger" title="The conflicts could not be loaded">
          {messageOf(error)}
        </Alert>
      )}
      {!data && !error && <SkeletonRows rows={1} />}
      {data?.items.length === 0 && (
        <p className="text-muted">
          None. Where two people change the same place, both versions are kept and wait here for a choice.
        </p>
      )}
      {data && data.items.length > 0 && (
        <ul className="border-t">
          {data.items.map((conflict) => (
            <ConflictRow key={conflict.id} conflict={conflict} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function ConflictRow({ conflict }: { conflict: ConflictLine }) {
  const path = useSpacePath();
  const isOpen = conflict.status === "open";
  return (
    <li className="border-b hover:bg-hover">
      <Link href={path(`knowledge/conflicts/${conflict.id}`)} className="block px-1 py-2 -outline-offset-2">
        <span className="flex items-center gap-2">
          <span className="min-w-0 flex-1 truncate font-medium">{conflict.subject}</span>
          <Badge tone={isOpen ? "warning" : "success"}>{isOpen ? "open" : "resolved"}</Badge>
          <Age at={conflict.createdAt} className="w-14 shrink-0 text-right text-xs text-muted" />
        </span>
        <span className="block text-sm break-words text-muted">
          {conflict.ourAuthor}
          {conflict.ourAuthor === conflict.theirAuthor ? " twice" : ` and ${conflict.theirAuthor}`}, in{" "}
          {conflict.files.length === 1 ? conflict.files[0] : counted(conflict.files.length, "file")}, found{" "}
          {sourceInWords(conflict.source)}
          {!isOpen && conflict.resolvedAt && (
            <>
              . {conflict.resolvedBy ?? "Someone"} chose, <Age at={conflict.resolvedAt} inWords />
            </>
          )}
        </span>
      </Link>
    </li>
  );
}
