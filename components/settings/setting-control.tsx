"use client";

import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";

import { choiceName, type Setting, typedValue } from "./setting.ts";
import type { useSetting } from "./use-setting.ts";

/** The field of a setting, by what can be put in. What is typed is saved on Enter or by the button, the rest at once. */
export function SettingControl({
  id,
  setting,
  typed,
  saving,
  onType,
  onSaved,
}: {
  id: string;
  setting: Setting;
  /** What was typed and is not in force, null for nothing. */
  typed: string | null;
  saving: ReturnType<typeof useSetting>;
  onType: (typed: string | null) => void;
  onSaved: () => void;
}) {
  const { kind, label, unit, value } = setting;
  const describedBy = `${id}-about ${id}-state`;
  if (kind.type === "toggle") {
    return (
      <span className="flex min-h-8 items-center pointer-coarse:min-h-10">
        <Switch
          id={id}
          aria-describedby={describedBy}
          aria-label={label}
          checked={saving.shown === true}
          onCheckedChange={(isOn) => !saving.isSaving && saving.set(isOn)}
        />
      </span>
    );
  }
  if (kind.type === "choice") {
    return (
      <Select
        id={id}
        label={label}
        className="sm:max-w-xs"
        value={String(saving.shown)}
        onChange={(option) => !saving.isSaving && saving.set(option)}
        options={kind.options.map((option) => ({ value: option, label: choiceName(option) }))}
      />
    );
  }
  const shown = typed ?? String(value);
  const isNumber = kind.type === "number";
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!saving.isSaving && shown !== String(value)) saving.set(typedValue(setting, shown), onSaved);
      }}
    >
      <Input
        id={id}
        inputMode={isNumber ? "numeric" : "text"}
        placeholder={kind.type === "text" ? PLACEHOLDERS[kind.form] : undefined}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={describedBy}
        aria-invalid={saving.problem !== null}
        className={cn(isNumber ? "w-28 text-right tabular-nums" : "max-w-xs flex-1 font-mono")}
        value={shown}
        onChange={(event) => onType(event.target.value === String(value) ? null : event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && typed !== null) onType(null);
        }}
      />
      {unit && <span className="text-sm text-muted">{unit}</span>}
      {isNumber && (
        <span className="text-sm text-muted">
          ({kind.min.toLocaleString("en-GB")} to {kind.max.toLocaleString("en-GB")})
        </span>
      )}
      {shown !== String(value) && (
        <Button type="submit" isBusy={saving.isSaving}>
          Save
        </Button>
      )}
    </form>
  );
}

const PLACEHOLDERS = { model: "none", hours: "9-18", schedule: "never" } as const;
