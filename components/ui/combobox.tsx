"use client";

import { Popover } from "radix-ui";
import { type KeyboardEvent, useId, useState } from "react";

import { cn } from "./cn.ts";
import { Input } from "./input.tsx";

/** A list longer than this is read by nobody: typing narrows it. */
const MOST_SHOWN = 60;

/** A text field with suggestions: any text is good, arrows and Enter take one of the list. */
export function Combobox({
  id,
  value,
  onChange,
  onFocus,
  options,
  note,
  placeholder,
  describedBy,
}: {
  id: string;
  value: string;
  onChange: (value: string) => void;
  /** Somebody turns to it: the time to look for suggestions. */
  onFocus?: () => void;
  options: readonly string[];
  /** What is said in the place of the list while there is none. */
  note?: string | undefined;
  placeholder?: string;
  describedBy?: string;
}) {
  const listId = useId();
  const [isOpen, setOpen] = useState(false);
  const [activeIndex, setActiveIndex] = useState<number | null>(null);
  const shown = fitting(options, value);
  const active = activeIndex === null ? undefined : shown[activeIndex];
  const hasList = isOpen && (shown.length > 0 || note !== undefined);
  const close = () => {
    setOpen(false);
    setActiveIndex(null);
  };
  const pick = (option: string) => {
    onChange(option);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && shown.length > 0) {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = activeIndex ?? (step === 1 ? -1 : shown.length);
      setActiveIndex((from + step + shown.length) % shown.length);
    } else if (event.key === "Enter" && isOpen && active !== undefined) {
      event.preventDefault();
      pick(active);
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      event.nativeEvent.stopPropagation();
      close();
    }
  };
  return (
    <Popover.Root open={hasList} onOpenChange={(open) => !open && close()}>
      <Popover.Anchor asChild>
        <Input
          id={id}
          role="combobox"
          aria-expanded={hasList}
          aria-controls={hasList ? listId : undefined}
          aria-autocomplete="list"
          aria-activedescendant={active === undefined ? undefined : `${listId}-${activeIndex}`}
          aria-describedby={describedBy}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          className="flex-1"
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
            setOpen(true);
            setActiveIndex(null);
          }}
          onFocus={onFocus}
          onClick={() => setOpen(true)}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
      </Popover.Anchor>
      <Popover.Content
        id={listId}
        role="listbox"
        aria-label="Suggestions"
        align="start"
        sideOffset={4}
        collisionPadding={8}
        // The focus stays in the field.
        onOpenAutoFocus={preventDefault}
        onCloseAutoFocus={preventDefault}
        onFocusOutside={preventDefault}
        onInteractOutside={preventDefault}
        className="z-50 max-h-60 w-(--radix-popover-trigger-width) animate-appear overflow-y-auto rounded-md bg-raised p-1 shadow-pop"
      >
        {shown.length === 0 && (
          <div role="option" aria-selected={false} aria-disabled tabIndex={-1} className="px-2 py-1 text-sm text-muted">
            {note}
          </div>
        )}
        {shown.map((option, index) => (
          <div
            key={option}
            id={`${listId}-${index}`}
            ref={index === activeIndex ? scrollIntoSight : undefined}
            role="option"
            tabIndex={-1}
            aria-selected={index === activeIndex}
            className={cn(
              "flex min-h-8 cursor-default items-center rounded-sm px-2 py-1 break-all hover:bg-hover pointer-coarse:min-h-10",
              index === activeIndex && "bg-selected hover:bg-selected",
            )}
            // Before the field loses the focus.
            onPointerDown={(event) => {
              event.preventDefault();
              pick(option);
            }}
          >
            {option}
          </div>
        ))}
      </Popover.Content>
    </Popover.Root>
  );
}

const preventDefault = (event: Event) => event.preventDefault();
const scrollIntoSight = (option: HTMLElement | null) => option?.scrollIntoView({ block: "nearest" });

/** The options in which each typed word stands; all of them where one was taken already. */
function fitting(options: readonly string[], typed: string): readonly string[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fit = options.includes(typed)
    ? options
    : options.filter((option) => words.every((word) => option.toLowerCase().includes(word)));
  return fit.slice(0, MOST_SHOWN);
}
