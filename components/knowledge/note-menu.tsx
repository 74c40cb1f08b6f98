"use client";

import { ArrowUpRight, Copy, EllipsisVertical, FolderInput, Link2, Trash2 } from "lucide-react";
import { useState } from "react";

import { useReadOnlyReason, useSpacePath } from "#components/shell/space.tsx";
import { Button } from "#components/ui/button.tsx";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "#components/ui/dropdown-menu.tsx";
import { toast } from "#components/ui/toast.tsx";

import { DeleteDialog } from "./delete-dialog.tsx";
import { MoveDialog } from "./move-dialog.tsx";
import type { Note } from "./note.ts";

/** Links to a note, and what can be done with its file. */
export function NoteMenu({ note }: { note: Note }) {
  const path = useSpacePath();
  const readOnly = useReadOnlyReason();
  const [asked, ask] = useState<"move" | "delete" | null>(null);
  const { permalink } = note;
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label="Links and more" className="-mr-2">
            <EllipsisVertical />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end" className="max-w-72">
          <DropdownMenuItem
            onSelect={() =>
              void copy(`${window.location.origin}${path(`knowledge/${note.id}`)}`, "The link to this page")
            }
          >
            <Link2 aria-hidden />
            Copy the link to this page
          </DropdownMenuItem>
          {permalink && (
            <>
              <DropdownMenuItem onSelect={() => void copy(permalink.url, `The permalink on ${permalink.host}`)}>
                <Copy aria-hidden />
                Copy its permalink on {permalink.host}
              </DropdownMenuItem>
              <DropdownMenuItem asChild>
                <a href={permalink.url} target="_blank" rel="noreferrer noopener">
                  <ArrowUpRight aria-hidden />
                  Open on {permalink.host}
                </a>
              </DropdownMenuItem>
            </>
          )}
          <DropdownMenuSeparator />
          <DropdownMenuItem disabled={readOnly !== undefined} onSelect={() => ask("move")}>
            <FolderInput aria-hidden />
            Move…
          </DropdownMenuItem>
          <DropdownMenuItem disabled={readOnly !== undefined} onSelect={() => ask("delete")}>
            <Trash2 aria-hidden />
            Delete…
          </DropdownMenuItem>
          {readOnly && <DropdownMenuLabel>{readOnly}</DropdownMenuLabel>}
        </DropdownMenuContent>
      </DropdownMenu>
      {asked === "move" && <MoveDialog note={note} onClose={() => ask(null)} />}
      {asked === "delete" && <DeleteDialog note={note} onClose={() => ask(null)} />}
    </>
  );
}

/** A browser that refuses the clipboard shows the link instead. */
async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast.success(`${what} is copied.`);
  } catch (error) {
    // Without https there is no clipboard at all.
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    toast(what, { description: text, duration: 20_000 });
  }
}
