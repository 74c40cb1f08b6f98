"use client";

import { Search, X } from "lucide-react";
import type { ComponentProps } from "react";

import { cn } from "./cn.ts";
import { Input } from "./input.tsx";

/** A search box that can be emptied. Escape empties it, then leaves it. */
export function SearchField({
  value,
  onChange,
  label,
  className,
  ...props
}: Omit<ComponentProps<"input">, "value" | "onChange" | "type"> & {
  value: string;
  onChange: (value: string) => void;
  label: string;
}) {
  return (
    <div className={cn("relative min-w-0", className)}>
      <Search aria-hidden className="pointer-events-none absolute inset-y-0 left-2 my-auto size-4 text-muted" />
      <Input
        fieldSize="sm"
        className="pr-8 pl-8"
        value={value}
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (value === "") event.currentTarget.blur();
          else onChange("");
        }}
        {...props}
      />
      {value !== "" && (
        <button
          type="button"
          aria-label="Clear the search"
          className="absolute inset-y-0 right-1 my-auto flex size-6 items-center justify-center rounded-sm text-muted hover:text-ink"
          onClick={() => onChange("")}
        >
          <X aria-hidden className="size-4" />
        </button>
      )}
    </div>
  );
}
