"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useId, useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
import { Label } from "#components/ui/label.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ModelUse } from "#server/llm/schema.ts";

import { type Choice, type Models, USE_WORDS } from "./models.ts";

const ENVIRONMENT = "environment";

/** Adds a model for a use, at the end. What was typed stays until the server has it. */
export function AddChoice({
  use,
  models,
  chosen,
  isSaving,
  onAdd,
}: {
  use: ModelUse;
  models: Models;
  chosen: readonly Choice[];
  isSaving: boolean;
  onAdd: (choice: Choice, onSaved: () => void) => void;
}) {
  const id = useId();
  const trpc = useTRPC();
  const { space } = useSpace();
  const providers = [
    ...(models.environment.isModel ? [{ value: ENVIRONMENT, label: "The server’s own" }] : []),
    ...models.providers.map((provider) => ({
      value: provider.id,
      label: provider.name,
      ...(provider.isOn ? {} : { note: "switched off" }),
    })),
  ];
  const [wanted, setWanted] = useState<string | null>(null);
  const [model, setModel] = useState("");
  const [isAsked, setAsked] = useState(false);
  const shown = providers.find(({ value }) => value === wanted) ?? providers[0];
  const providerId = !shown || shown.value === ENVIRONMENT ? null : shown.value;
  const available = useQuery(
    trpc.models.available.queryOptions(
      { spaceId: space.id, providerId },
      { enabled: isAsked && shown !== undefined, retry: false },
    ),
  );
  if (!shown) return null;
  const name = model.trim();
  const isThere = chosen.some((each) => each.providerId === providerId && each.model === name);
  const blockedBecause = name === "" ? "Name a model first." : isThere ? "It is in the list already." : undefined;
  const label = USE_WORDS[use].label;
  return (
    <form
      aria-label={`Add a model for: ${label}`}
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!blockedBecause && !isSaving) onAdd({ providerId, model: name }, () => setModel(""));
      }}
    >
      <Select
        label={`Provider for: ${label}`}
        className="w-full sm:w-48"
        value={shown.value}
        options={providers}
        onChange={setWanted}
      />
      <Label htmlFor={id} className="sr-only">
        Model for: {label}
      </Label>
      <Combobox
        id={id}
        value={model}
        onChange={setModel}
        onFocus={() => setAsked(true)}
        options={available.data ?? []}
        placeholder={chosen.length === 0 ? "Name of a model" : "Another model, for when that is down"}
        note={
          available.error
            ? `${messageOf(available.error)} You can type its name.`
            : available.isFetching
              ? "Asking which models there are…"
              : undefined
        }
      />
      <Button type="submit" isBusy={isSaving} blockedBecause={blockedBecause}>
        <Plus />
        Add
      </Button>
    </form>
  );
}
