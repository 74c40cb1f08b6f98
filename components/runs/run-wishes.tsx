"use client";

import { useQuery } from "@tanstack/react-query";

import { counted } from "#components/review/words.ts";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { RunWishes } from "#server/analysis/schema.ts";

export const NO_WISHES: RunWishes = {
  chatIds: [],
  providerId: null,
  model: null,
  readsAgain: false,
  budgetCents: null,
};

type Props = { wishes: RunWishes; onChange: (wishes: RunWishes) => void };

/** What else can be said of a run: its chats, its model, what it may cost, and whether it reads again. */
export function RunWishesFields({ wishes, onChange }: Props) {
  return (
    <div className="flex flex-col gap-4">
      <Chats wishes={wishes} onChange={onChange} />
      <div className="grid gap-3 sm:grid-cols-2">
        <Model wishes={wishes} onChange={onChange} />
        <Budget wishes={wishes} onChange={onChange} />
      </div>
      <label className="flex min-h-6 items-start gap-2">
        <Checkbox
          className="mt-0.5"
          checked={wishes.readsAgain}
          onChange={(event) => onChange({ ...wishes, readsAgain: event.target.checked })}
        />
        <span>
          Read again what was read before
          <span className="block text-sm text-muted">Otherwise only what is new, or was edited since.</span>
        </span>
      </label>
    </div>
  );
}

function Chats({ wishes, onChange }: Props) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data } = useQuery(trpc.messages.chats.queryOptions({ spaceId: space.id }));
  const chats = (data ?? []).filter(({ kind }) => kind !== "private");
  if (chats.length < 2) return null;
  const { chatIds } = wishes;
  const toggle = (id: string, isOn: boolean) =>
    onChange({ ...wishes, chatIds: isOn ? [...chatIds, id] : chatIds.filter((each) => each !== id) });
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium text-soft">
        Chats{" "}
        <span className="font-normal text-muted">
          {chatIds.length === 0 ? "all of them" : `${chatIds.length} chosen`}
        </span>
      </legend>
      <div className="max-h-36 overflow-y-auto rounded-md border px-2 py-1">
        {chats.map(({ id, title, messageCount }) => (
          <label key={id} className="flex min-h-7 items-center gap-2 pointer-coarse:min-h-10">
            <Checkbox checked={chatIds.includes(id)} onChange={(event) => toggle(id, event.target.checked)} />
            <span className="min-w-0 flex-1 truncate">{title}</span>
            <span className="text-sm text-muted tabular-nums">{counted(messageCount, "message")}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Model({ wishes, onChange }: Props) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data: choices } = useQuery(trpc.models.choices.queryOptions({ spaceId: space.id }));
  if (!choices || choices.length === 0) return null;
  const keyOf = ({ providerId, model }: { providerId: string | null; model: string }) => `${providerId} ${model}`;
  const value = wishes.model === null ? "space" : keyOf({ providerId: wishes.providerId, model: wishes.model });
  return (
    <Field id="run-model" label="Model">
      <Select
        id="run-model"
        value={value}
        onChange={(key) => {
          const chosen = choices.find((each) => keyOf(each) === key);
          onChange({ ...wishes, providerId: chosen?.providerId ?? null, model: chosen?.model ?? null });
        }}
        options={[
          { value: "space", label: "As chosen in the settings" },
          ...choices.map((each) => ({ value: keyOf(each), label: each.label })),
        ]}
      />
    </Field>
  );
}

function Budget({ wishes, onChange }: Props) {
  return (
    <Field id="run-budget" label="Budget in US cents" hint="Empty: as in the settings. 0: no limit.">
      <Input
        id="run-budget"
        type="number"
        inputMode="numeric"
        min={0}
        max={1_000_000}
        step={1}
        aria-describedby="run-budget-help"
        value={wishes.budgetCents ?? ""}
        onChange={(event) => {
          const cents = event.target.valueAsNumber;
          onChange({
            ...wishes,
            budgetCents: Number.isSafeInteger(cents) && cents >= 0 && cents <= 1_000_000 ? cents : null,
          });
        }}
      />
    </Field>
  );
}
