"use client";

import { type Ref, useDeferredValue, useId } from "react";

import { Label } from "./label.tsx";
import { Prose, withoutFrontMatter } from "./markdown.tsx";
import { Textarea } from "./textarea.tsx";

/** A file of Markdown as it is written, and beside it as it will be read: below it on phones. */
export function MarkdownEditor({
  label,
  value,
  onChange,
  linkTo,
  isReadOnly = false,
  ref,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** As of `Prose`. */
  linkTo?: (path: string) => string | null;
  isReadOnly?: boolean;
  ref?: Ref<HTMLTextAreaElement>;
}) {
  const id = useId();
  // A long text is drawn when there is time: typing comes first.
  const shown = withoutFrontMatter(useDeferredValue(value));
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-1">
        <Label htmlFor={id}>{label}</Label>
        <Textarea
          ref={ref}
          id={id}
          rows={22}
          spellCheck
          value={value}
          readOnly={isReadOnly}
          className="flex-1 font-mono text-base md:text-sm"
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
      <div className="flex min-w-0 flex-col gap-1">
        <p className="text-sm font-medium text-soft">As it will be read</p>
        <div
          tabIndex={0}
          role="group"
          aria-label="As it will be read"
          className="max-h-150 min-h-24 flex-1 overflow-y-auto rounded-md bg-sunken px-3 py-2"
        >
          {shown.trim() === "" ? (
            <p className="text-muted">No text yet.</p>
          ) : (
            <Prose text={shown} {...(linkTo ? { linkTo } : {})} />
          )}
        </div>
      </div>
    </div>
  );
}
