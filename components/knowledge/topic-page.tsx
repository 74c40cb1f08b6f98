"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, FileX } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";

import { Section } from "#components/kb/section.tsx";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { messageOf, statusOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";

import { AtomPicture } from "./atom-picture.tsx";
import { AlikeTopics } from "./merge-topics.tsx";
import { RELATION_WORDS } from "./relation-words.ts";
import { TopicEdit } from "./topic-edit.tsx";

type Topic = Outputs["knowledge"]["topic"];
type Line = Topic["notes"][number];

const TIMELINE = 30;

/** One topic: what is known of it, how its atoms hang together, what is open, and when it came about. */
export function TopicPage({ topicId }: { topicId: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: topic, error } = useQuery(trpc.knowledge.topic.queryOptions({ spaceId: space.id, topicId }));
  const back = (
    <Link
      href={path("knowledge/topics")}
      className="inline-flex min-h-6 items-center gap-1 text-sm text-muted hover:text-ink"
    >
      <ArrowLeft aria-hidden className="size-4" />
      Topics
    </Link>
  );
  if (statusOf(error) === 404) {
    return (
      <div className="p-4">
        {back}
        <EmptyState icon={FileX} title="This topic is gone">
          {messageOf(error)}
        </EmptyState>
      </div>
    );
  }
  if (error && !topic) {
    return (
      <div className="p-4">
        {back}
        <Alert tone="danger" title="This topic could not be shown">
          {messageOf(error)}
        </Alert>
      </div>
    );
  }
  if (!topic) return <SkeletonRows rows={6} className="p-6" />;
  return <LoadedTopic topic={topic} back={back} />;
}

function LoadedTopic({ topic, back }: { topic: Topic; back: ReactNode }) {
  const [isEditing, setEditing] = useState(false);
  const readOnly = useReadOnlyReason();
  const open = topic.atoms.filter((atom) => atom.isOpen);
  const byType = Map.groupBy(topic.atoms, (atom) => atom.type);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader
        before={back}
        title={topic.name}
        action={
          <Button disabled={readOnly !== undefined} title={readOnly} onClick={() => setEditing(true)}>
            Edit names
          </Button>
        }
      >
        {topic.description || "Nobody has described it yet."}
        {topic.aliases.length > 0 && <> Also called {topic.aliases.join(", ")}.</>}
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-4 md:px-6">
          {topic.alike.length > 0 && <AlikeTopics pairs={topic.alike} />}
          {open.length > 0 && (
            <Section title="Open questions">
              <p className="mb-2 text-sm text-muted">No fact says that it solves them.</p>
              <Lines notes={open} />
            </Section>
          )}
          <Section title="Facts">
            {topic.atoms.length === 0 && <p className="text-muted">No facts of their own yet, only notes.</p>}
            <AtomPicture atoms={topic.atoms} links={topic.links} />
            {[...byType].map(([type, atoms]) => (
              <div key={type} className="mb-3">
                <h3 className="text-sm font-medium text-muted">{type}</h3>
                <Lines notes={atoms} linksOf={(noteId) => topic.links.filter((link) => link.fromId === noteId)} />
              </div>
            ))}
          </Section>
          {topic.notes.length > 0 && (
            <Section title="Notes">
              <Lines notes={topic.notes} />
            </Section>
          )}
          {topic.tasks.length > 0 && (
            <Section title="Tasks">
              <Lines notes={topic.tasks} />
            </Section>
          )}
          <Section title="Timeline">
            <Timeline topic={topic} />
          </Section>
        </div>
      </div>
      {isEditing && <TopicEdit topic={topic} onClose={() => setEditing(false)} />}
    </div>
  );
}

function Lines({ notes, linksOf }: { notes: readonly Line[]; linksOf?: (noteId: string) => Topic["links"] }) {
  const path = useSpacePath();
  return (
    <ul className="border-t">
      {notes.map((note) => (
        <li key={note.id} className="border-b py-1.5">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <Link
              href={path(`knowledge/${note.id}`)}
              className="inline-flex min-h-6 items-center font-medium underline-offset-2 hover:underline"
            >
              {note.title}
            </Link>
            {note.status === "deprecated" && <Badge tone="warning">no longer so</Badge>}
            {note.isStale && note.status !== "deprecated" && <Badge tone="warning">stale</Badge>}
            {!note.isVerified && <span className="text-xs text-warning">nobody has approved it</span>}
          </span>
          {note.description && <p className="text-sm text-soft">{note.description}</p>}
          {linksOf?.(note.id).map((link) => (
            <p key={`${link.relation} ${link.toPath}`} className="text-sm text-muted">
              {RELATION_WORDS[link.relation].out}{" "}
              {link.title ? `“${link.title}”` : `/${link.toPath}, which is not there`}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** What came to be under the topic, the newest first. */
function Timeline({ topic }: { topic: Topic }) {
  const path = useSpacePath();
  const all = [...topic.atoms, ...topic.notes, ...topic.tasks]
    .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    .slice(0, TIMELINE);
  if (all.length === 0) return <p className="text-muted">Nothing yet.</p>;
  return (
    <ol>
      {all.map((note) => (
        <li key={note.id} className="flex flex-wrap items-baseline gap-x-3 py-0.5">
          <span className="w-28 shrink-0 text-sm text-muted">
            <Age at={note.createdAt} inWords />
          </span>
          <span className="text-xs text-muted">{note.type}</span>
          <Link
            href={path(`knowledge/${note.id}`)}
            className="inline-flex min-h-6 items-center underline-offset-2 hover:underline"
          >
            {note.title}
          </Link>
        </li>
      ))}
    </ol>
  );
}
