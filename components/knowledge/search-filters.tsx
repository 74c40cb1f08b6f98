"use client";

import { SlidersHorizontal, X } from "lucide-react";
import { useId, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Input } from "#components/ui/input.tsx";

import { dayOf, filtersOf, NO_FILTERS } from "./search-params.ts";
import { useNoteSearch } from "./use-search.ts";

const GROUPS = [
  { key: "type", facet: "types", label: "Type" },
  { key: "topic", facet: "topics", label: "Topic" },
  { key: "tag", facet: "tags", label: "Tag" },
  { key: "author", facet: "authors", label: "Who said it" },
  { key: "trust", facet: "trust", label: "Trust" },
] as const;
const TRUST_WORDS: Record<string, string> = {
  verified: "approved",
  unverified: "not approved",
  draft: "draft",
  deprecated: "no longer so",
};

/** What is left out of the search: the chosen as chips that can be taken off, the rest behind one button. */
export function SearchFilters() {
  const [isOpen, setOpen] = useState(false);
  const { data, chosen, set } = useNoteSearch({ isWanted: isOpen });
  const facets = data?.pages[0]?.facets;
  const id = useId();
  const count = Object.keys(filtersOf(chosen)).length;
  return (
    <div className="flex flex-col gap-2 px-1">
      <div className="flex flex-wrap items-center gap-1.5">
        <Button size="sm" variant="ghost" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
          <SlidersHorizontal aria-hidden /> Filters
        </Button>
        {GROUPS.flatMap(({ key, facet, label }) =>
          chosen[key].map((value) => {
            const known = facets?.[facet].find((each) => each.value === value)?.label ?? value;
            return (
              <Chip
                key={`${key} ${value}`}
                label={`${label}: ${TRUST_WORDS[known] ?? known}`}
                onRemove={() => void set({ [key]: chosen[key].filter((each) => each !== value) })}
              />
            );
          }),
        )}
        {chosen.stale !== null && (
          <Chip label={chosen.stale ? "Stale" : "Not stale"} onRemove={() => void set({ stale: null })} />
        )}
        {chosen.from && <Chip label={`From ${dayOf(chosen.from)}`} onRemove={() => void set({ from: null })} />}
        {chosen.to && <Chip label={`Until ${dayOf(chosen.to)}`} onRemove={() => void set({ to: null })} />}
        {count > 1 && (
          <Button size="sm" variant="ghost" onClick={() => void set(NO_FILTERS)}>
            Clear all
          </Button>
        )}
      </div>
      <div id={id} hidden={!isOpen} className="flex flex-col gap-2 pb-1">
        {GROUPS.map(({ key, facet, label }) => {
          const values = facets?.[facet] ?? [];
          const toggle = (value: string) =>
            void set({
              [key]: chosen[key].some((each) => each === value)
                ? chosen[key].filter((each) => each !== value)
                : [...chosen[key], value],
            });
          return (
            values.length > 0 && (
              <fieldset key={key}>
                <legend className="text-xs text-muted">{label}</legend>
                <div className="mt-1 flex flex-wrap gap-1">
                  {values.map((each) => (
                    <Toggle
                      key={each.value}
                      isOn={chosen[key].some((value) => value === each.value)}
                      onClick={() => toggle(each.value)}
                      label={TRUST_WORDS[each.label] ?? each.label}
                      count={each.count}
                    />
                  ))}
                </div>
              </fieldset>
            )
          );
        })}
        <fieldset>
          <legend className="text-xs text-muted">Last changed, and whether it is time to look at it again</legend>
          <div className="mt-1 flex flex-wrap items-center gap-2">
            <Day label="From" value={chosen.from} onChange={(from) => void set({ from })} />
            <Day label="Until" value={chosen.to} onChange={(to) => void set({ to })} />
            <Toggle
              isOn={chosen.stale === true}
              onClick={() => void set({ stale: chosen.stale === true ? null : true })}
              label="Stale"
              count={facets?.stale ?? 0}
            />
          </div>
        </fieldset>
      </div>
    </div>
  );
}

const Chip = ({ label, onRemove }: { label: string; onRemove: () => void }) => (
  <button
    type="button"
    aria-label={`Remove the filter ${label}`}
    onClick={onRemove}
    className="inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm bg-selected px-1.5 text-xs text-accent-ink hover:bg-hover pointer-coarse:min-h-9"
  >
    <span className="truncate">{label}</span>
    <X aria-hidden className="size-3 shrink-0" />
  </button>
);

function Toggle({ label, count, isOn, onClick }: { label: string; count: number; isOn: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onClick}
      className={cn(
        "inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm border px-1.5 text-xs pointer-coarse:min-h-9",
        isOn ? "border-accent bg-selected text-accent-ink" : "text-soft hover:bg-hover",
      )}
    >
      <span className="truncate">{label}</span>
      <span className="text-muted tabular-nums">{count}</span>
    </button>
  );
}

function Day({
  label,
  value,
  onChange,
}: {
  label: string;
  value: Date | null;
  onChange: (value: Date | null) => void;
}) {
  return (
    <Input
      type="date"
      aria-label={`${label} this day`}
      className="w-36"
      value={value ? dayOf(value) : ""}
      onChange={(event) => onChange(event.target.value === "" ? null : new Date(`${event.target.value}T00:00:00Z`))}
    />
  );
}
