"use client";

import { useId, useState } from "react";

import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

/** A whole number between two others. What is typed stands as it is until it is such a number. */
export function NumberField({
  label,
  hint,
  value,
  least,
  most,
  onChange,
}: {
  label: string;
  hint?: string;
  value: number;
  least: number;
  most: number;
  onChange: (value: number) => void;
}) {
  const id = useId();
  const [text, setText] = useState(String(value));
  const isFine = isBetween(text, least, most);
  return (
    <Field id={id} label={label} hint={hint} error={isFine ? undefined : `A number from ${least} to ${most}.`}>
      <Input
        id={id}
        inputMode="numeric"
        className="max-w-28"
        value={text}
        aria-invalid={!isFine}
        aria-describedby={`${id}-help`}
        onChange={(event) => {
          setText(event.target.value);
          if (isBetween(event.target.value, least, most)) onChange(Number(event.target.value));
        }}
        onBlur={() => setText(String(value))}
      />
    </Field>
  );
}

const isBetween = (text: string, least: number, most: number) =>
  /^\d{1,3}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
