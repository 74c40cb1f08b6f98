"use client";

import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";

import { cn } from "./cn.ts";
import { fieldStyle } from "./input.tsx";

export type SelectOption<Value extends string> = { value: Value; label: string; note?: string };

/** A choice of one out of a few. Values are never empty strings: name the "any" option. */
export function Select<Value extends string>({
  value,
  onChange,
  options,
  id,
  label,
  fieldSize,
  isDisabled = false,
  className,
}: {
  value: Value;
  onChange: (value: Value) => void;
  options: ReadonlyArray<SelectOption<Value>>;
  id?: string;
  /** Its name where no visible label points at it. */
  label?: string;
  fieldSize?: "sm" | "md" | "lg";
  isDisabled?: boolean;
  className?: string;
}) {
  return (
    <Radix.Root
      value={value}
      disabled={isDisabled}
      onValueChange={(next) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen) onChange(chosen.value);
      }}
    >
      <Radix.Trigger
        id={id}
        aria-label={label}
        className={cn(
          fieldStyle({ fieldSize }),
          "flex items-center justify-between gap-1.5 text-base text-ink",
          className,
        )}
      >
        <span className="truncate">
          <Radix.Value />
        </span>
        <Radix.Icon asChild>
          <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-80 min-w-(--radix-select-trigger-width) animate-appear overflow-y-auto rounded-md bg-raised p-1 shadow-pop"
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="flex min-h-8 cursor-default items-center gap-2 rounded-sm py-1 pr-2 pl-7 text-base text-ink outline-none data-highlighted:bg-hover pointer-coarse:min-h-10"
              >
                <Radix.ItemIndicator className="absolute left-2.5">
                  <Check aria-hidden className="size-4 text-accent-ink" />
                </Radix.ItemIndicator>
                <Radix.ItemText>{option.label}</Radix.ItemText>
                {option.note && <span className="ml-auto pl-3 text-sm text-muted">{option.note}</span>}
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
