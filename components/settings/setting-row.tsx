"use client";

import { useId, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { Label } from "#components/ui/label.tsx";
import { Said } from "#components/ui/said.tsx";
import { Age } from "#components/ui/time.tsx";

import { type Setting, valueInWords } from "./setting.ts";
import { SettingControl } from "./setting-control.tsx";
import { useSetting } from "./use-setting.ts";

/** A setting: what it does, where its value comes from, and what is to be in its place. It is saved by itself. */
export function SettingRow({ setting }: { setting: Setting }) {
  const id = useId();
  const saving = useSetting(setting);
  // What stands in a field until something is typed there is the value in force, whoever changes it.
  const [typed, setTyped] = useState<string | null>(null);
  const { label, description, source, changed } = setting;
  return (
    <li className="grid gap-x-6 gap-y-2 border-b py-3 md:grid-cols-2">
      <div className="min-w-0">
        <Label htmlFor={id} className="text-base text-ink">
          {label}
        </Label>
        <p id={`${id}-about`} className="text-sm text-pretty text-muted">
          <Said text={description} />
        </p>
      </div>
      <div className="flex min-w-0 flex-col gap-1">
        <SettingControl
          id={id}
          setting={setting}
          typed={typed}
          saving={saving}
          onSaved={() => setTyped(null)}
          onType={(next) => {
            setTyped(next);
            saving.forget();
          }}
        />
        <div id={`${id}-state`} className="text-sm">
          {saving.problem !== null && (
            <p role="alert" className="text-danger">
              {saving.problem}
            </p>
          )}
          <p role="status" className="flex flex-wrap items-baseline gap-x-1.5 text-muted">
            <State saving={saving} />
            {source === "default" && <span>By default.</span>}
            {changed && (
              <span>
                Set by {changed.by}, <Age at={changed.at} inWords />.
              </span>
            )}
            {source === "space" && (
              <Button
                variant="link"
                size="inline"
                className="text-sm"
                isBusy={saving.isSaving}
                aria-label={`Back to the default of “${label}”: ${valueInWords(setting, setting.default)}`}
                onClick={() => saving.set(null, () => setTyped(null))}
              >
                Back to the default ({valueInWords(setting, setting.default)})
              </Button>
            )}
          </p>
        </div>
      </div>
    </li>
  );
}

function State({ saving }: { saving: ReturnType<typeof useSetting> }) {
  if (saving.isSaving) return <span>Saving…</span>;
  if (saving.problem !== null) return <span>Not saved.</span>;
  return saving.isSaved && <span className="text-success">Saved.</span>;
}
