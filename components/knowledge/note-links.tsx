"use client";

import Link from "next/link";

import { useSpacePath } from "#components/shell/space.tsx";

import type { Note } from "./note.ts";
import { RELATION_WORDS } from "./relation-words.ts";

/** What a note says of others, and what others say of it. */
export function NoteLinks({ note }: { note: Note }) {
  const path = useSpacePath();
  return (
    <ul className="flex flex-col gap-1">
      {note.links.map((link) => (
        <li key={`${link.direction} ${link.relation} ${link.path}`} className="flex flex-wrap items-baseline gap-x-2">
          <span className="text-muted">{RELATION_WORDS[link.relation][link.direction]}</span>
          {link.noteId ? (
            <Link
              href={path(`knowledge/${link.noteId}`)}
              className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-2"
            >
              {link.title}
            </Link>
          ) : (
            <span>
              <code className="font-mono text-sm break-all">{link.path}</code>, where no note of a fact stands
            </span>
          )}
          {link.type && <span className="text-xs text-muted">{link.type}</span>}
        </li>
      ))}
    </ul>
  );
}
