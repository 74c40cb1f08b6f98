"use client";

import { type ReactNode, useId } from "react";

import { cn } from "#components/ui/cn.ts";
import { Input } from "#components/ui/input.tsx";
import { Label } from "#components/ui/label.tsx";

/** A part of a row with its label: above each on phones, above the first row alone where the rows stand in columns. */
export function RowPart({
  label,
  index,
  children,
}: {
  label: string;
  index: number;
  children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <Label htmlFor={id} className={cn(index > 0 && "md:sr-only")}>
        {label}
        {index > 0 && <span className="sr-only">, row {index + 1}</span>}
      </Label>
      {children(id)}
    </div>
  );
}

/** A text in a row. */
export function RowText({
  label,
  index,
  value,
  maxLength,
  placeholder,
  onChange,
}: {
  label: string;
  index: number;
  value: string;
  maxLength: number;
  placeholder?: string;
  onChange: (value: string) => void;
}) {
  return (
    <RowPart label={label} index={index}>
      {(id) => (
        <Input
          id={id}
          value={value}
          maxLength={maxLength}
          placeholder={placeholder}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </RowPart>
  );
}
