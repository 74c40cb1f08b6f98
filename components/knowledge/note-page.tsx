"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, BadgeCheck, CircleHelp } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Prose } from "#components/ui/markdown.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";

import { type Note, noteLinks } from "./note.ts";
import { NoteFacts } from "./note-facts.tsx";
import { sourceId, Sources } from "./sources.tsx";

/** One note: what it says, who stands behind it, what it rests on, and its commit. */
export function NotePage({ noteId }: { noteId: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: note, error, refetch } = useQuery(trpc.knowledge.note.queryOptions({ spaceId: space.id, noteId }));
  const { data: tree } = useQuery(trpc.knowledge.tree.queryOptions({ spaceId: space.id }));
  const back = (
    <Button variant="ghost" size="icon" asChild className="-ml-2 lg:hidden">
      <Link href={path("knowledge")} aria-label="Back to all notes">
        <ArrowLeft />
      </Link>
    </Button>
  );
  if (error && !note) {
    return (
      <div className="flex flex-col gap-2 p-4">
        {back}
        <Alert
          tone="danger"
          title="This note could not be shown"
          action={
            <Button size="sm" onClick={() => void refetch()}>
              Try again
            </Button>
          }
        >
          {messageOf(error)}
        </Alert>
      </div>
    );
  }
  if (!note) return <SkeletonRows rows={5} className="p-6" />;
  return (
    <article className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-4 md:px-6">
        <header className="flex items-start gap-2">
          {back}
          <div className="min-w-0 flex-1">
            <h1 className="text-xl font-semibold text-balance break-words">{note.title}</h1>
            <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
              <Badge tone="outline">{note.type}</Badge>
              {note.topic && <span>{note.topic}</span>}
              <Trust note={note} />
            </p>
          </div>
        </header>
        {note.text.trim() === "" ? (
          <p className="text-muted">Only the title and the facts below: there is no further text.</p>
        ) : (
          <Prose text={withSourceLinks(note)} linkTo={noteLinks(tree, (id) => path(`knowledge/${id}`))} />
        )}
        <Section title="Rests on">
          <Sources note={note} />
        </Section>
        <Section title="Facts">
          <NoteFacts note={note} />
        </Section>
      </div>
    </article>
  );
}

/** The text with its footnotes leading to the sources below. */
function withSourceLinks({ text, sources }: Note): string {
  const numbers = new Map(sources.map((source, index) => [source.id, index + 1]));
  return text.replaceAll(/(?<!\\)\[\^(m\d+)\](?!:)/g, (whole, id: string) => {
    const number = numbers.get(id);
    return number === undefined ? whole : `[\\[${number}\\]](#${sourceId(id)})`;
  });
}

/** Whether a person stands behind it. */
function Trust({ note }: { note: Note }) {
  const names = note.verified.map((each) => each.name ?? each.by);
  const who = note.approvedBy ?? names.at(-1);
  if (!who) {
    return (
      <span className="inline-flex items-center gap-1 text-warning">
        <CircleHelp aria-hidden className="size-3.5" />
        nobody has approved it
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1 text-success">
      <BadgeCheck aria-hidden className="size-3.5" />
      approved by {who}
      {note.approvedAt && (
        <span className="text-muted">
          <Age at={note.approvedAt} inWords />
        </span>
      )}
    </span>
  );
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h2 className="mb-2 text-sm font-medium text-muted">{title}</h2>
    {children}
  </section>
);
