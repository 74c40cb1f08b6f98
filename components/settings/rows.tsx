"use client";

import { Plus, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { flushSync } from "react-dom";

import { Button } from "#components/ui/button.tsx";

/**
 * Rows of a form that come and go by keyboard: Enter goes to the next row and makes one after the last, and when a row goes
 * the focus stays near.
 */
export function Rows<Row extends { key: number }>({
  rows,
  noun,
  nameOf,
  blank,
  onChange,
  children,
}: {
  rows: readonly Row[];
  /** What one row is: "term". */
  noun: string;
  nameOf: (row: Row) => string;
  /** A row in which nothing stands yet. */
  blank: () => Row;
  onChange: (rows: Row[]) => void;
  /** The fields of a row. `change` puts other values into it. */
  children: (row: Row, change: (part: Partial<Row>) => void, index: number) => ReactNode;
}) {
  const list = useRef<HTMLUListElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  const focusRow = (index: number, what: string) =>
    list.current?.children[index]?.querySelector<HTMLElement>(what)?.focus();
  const add = () => {
    flushSync(() => onChange([...rows, blank()]));
    focusRow(rows.length, "input");
  };
  const remove = (index: number) => {
    flushSync(() => onChange(rows.filter((_, at) => at !== index)));
    if (rows.length === 1) addButton.current?.focus();
    else focusRow(Math.min(index, rows.length - 2), "[data-remove]");
  };
  const onEnter = (event: KeyboardEvent, index: number) => {
    if (
      event.key !== "Enter" ||
      event.ctrlKey ||
      event.metaKey ||
      !(event.target instanceof HTMLInputElement) ||
      event.nativeEvent.isComposing
    )
      return;
    event.preventDefault();
    if (index < rows.length - 1) focusRow(index + 1, "input");
    else add();
  };
  return (
    <div className="flex flex-col gap-2">
      {rows.length > 0 && (
        <ul ref={list} className="flex flex-col gap-3 md:gap-2">
          {rows.map((row, index) => (
            <li key={row.key} className="flex items-end gap-2 border-b pb-3 md:border-0 md:pb-0">
              <div
                role="presentation"
                onKeyDown={(event) => onEnter(event, index)}
                className="grid min-w-0 flex-1 gap-2 md:auto-cols-fr md:grid-flow-col md:items-end"
              >
                {children(
                  row,
                  (part) => onChange(rows.map((each) => (each.key === row.key ? { ...each, ...part } : each))),
                  index,
                )}
              </div>
              <Button
                data-remove
                variant="ghost"
                size="icon"
                aria-label={`Remove ${nameOf(row).trim() || `the ${noun} in row ${index + 1}`}`}
                onClick={() => remove(index)}
              >
                <X />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Button ref={addButton} size="sm" className="self-start" onClick={add}>
        <Plus />
        Add a {noun}
      </Button>
    </div>
  );
}
