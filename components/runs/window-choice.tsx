"use client";

import { cn } from "#components/ui/cn.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

import { type Preset, PRESET_WORDS } from "./windows.ts";

type Custom = { from: string; to: string };

/** Which messages: of a preset, or from one moment to another. */
export function WindowChoice({
  presets,
  preset,
  onPreset,
  custom,
  onCustom,
  isBackwards,
}: {
  presets: readonly Preset[];
  preset: Preset;
  onPreset: (preset: Preset) => void;
  custom: Custom;
  onCustom: (custom: Custom) => void;
  isBackwards: boolean;
}) {
  return (
    <>
      <fieldset>
        <legend className="mb-1 text-sm font-medium text-soft">Messages of</legend>
        <div className="flex flex-wrap gap-1">
          {presets.map((each) => (
            <label
              key={each}
              className={cn(
                "inline-flex h-8 cursor-pointer items-center rounded-md border px-3 has-focus-visible:outline-2 has-focus-visible:outline-focus pointer-coarse:h-10",
                preset === each ? "border-ink bg-ink text-surface" : "border-control hover:bg-hover",
              )}
            >
              <input
                type="radio"
                name="window"
                className="sr-only"
                checked={preset === each}
                onChange={() => onPreset(each)}
              />
              {PRESET_WORDS[each]}
            </label>
          ))}
        </div>
      </fieldset>
      {preset === "custom" && (
        <div className="grid gap-3 sm:grid-cols-2">
          <Field id="run-from" label="From">
            <Input
              id="run-from"
              type="datetime-local"
              value={custom.from}
              onChange={(event) => onCustom({ ...custom, from: event.target.value })}
            />
          </Field>
          <Field id="run-to" label="To" error={isBackwards ? "The end lies before the start." : undefined}>
            <Input
              id="run-to"
              type="datetime-local"
              value={custom.to}
              aria-invalid={isBackwards}
              aria-describedby="run-to-help"
              onChange={(event) => onCustom({ ...custom, to: event.target.value })}
            />
          </Field>
        </div>
      )}
    </>
  );
}
