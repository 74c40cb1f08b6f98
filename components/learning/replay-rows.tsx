"use client";

import Link from "next/link";

import { Section } from "#components/kb/section.tsx";
import { KIND_WORDS } from "#components/review/words.ts";
import { useSpacePath } from "#components/shell/space.tsx";
import { Badge } from "#components/ui/badge.tsx";

import type { ReplayDetail } from "./replay-words.ts";

type Rows = ReplayDetail["rows"];
type Row = Partial<Rows["found"][number]> & Rows["extra"][number];

const GROUPS = [
  { key: "missed", title: "Missed", what: "Approved, and not found this time." },
  { key: "wronglyFound", title: "Wrongly found again", what: "Rejected, and found once more." },
  {
    key: "extra",
    title: "Extra",
    what: "Found this time, and like nothing that anybody decided on. It may be right or wrong.",
  },
  { key: "found", title: "Found", what: "Approved, and found this time too." },
] as const satisfies ReadonlyArray<{ key: keyof Rows; title: string; what: string }>;

/** What a replay found and did not, each with its quote and the proposal that was decided. */
export function ReplayRows({ rows }: { rows: Rows }) {
  return GROUPS.map(({ key, title, what }) => (
    <Section key={key} title={`${title} (${rows[key].length})`}>
      {rows[key].length === 0 ? (
        <p className="text-muted">None.</p>
      ) : (
        <>
          <p className="text-sm text-muted">{what}</p>
          <ul>
            {rows[key].map((row, index) => (
              <ReplayRow key={index} row={row} />
            ))}
          </ul>
        </>
      )}
    </Section>
  ));
}

function ReplayRow({ row }: { row: Row }) {
  const path = useSpacePath();
  return (
    <li className="flex flex-col gap-1 border-b py-2.5">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge>{KIND_WORDS[row.kind].one}</Badge>
        {row.proposalId ? (
          <Link href={path(`review/${row.proposalId}`)} className="min-w-0 font-medium break-words hover:underline">
            {row.title}
          </Link>
        ) : (
          <span className="min-w-0 font-medium break-words">{row.title}</span>
        )}
        {row.isMissed && <Badge tone="warning">somebody had to ask for it</Badge>}
      </p>
      {row.foundTitle && row.foundTitle !== row.title && (
        <p className="text-sm break-words text-soft">Found as “{row.foundTitle}”</p>
      )}
      {row.quote === null ? (
        <p className="text-sm text-muted">no evidence</p>
      ) : (
        <blockquote className="border-l-2 border-accent pl-3 break-words whitespace-pre-wrap">{row.quote}</blockquote>
      )}
    </li>
  );
}
