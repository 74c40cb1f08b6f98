"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import { BASE_URLS, ProviderKind } from "#server/llm/schema.ts";

import { KIND_WORDS, type Provider } from "./models.ts";
import { useFreshModels } from "./use-fresh-models.ts";

/** Asks where a provider is and for its key; the key goes to the server and never comes back. */
export function ProviderDialog({
  provider,
  allowsPrivate,
  onClose,
}: {
  /** Null for a new one. */
  provider: Provider | null;
  allowsPrivate: boolean;
  onClose: () => void;
}) {
  const id = useId();
  const { form, set, setKind } = useForm(provider);
  const { save, isSaving, problem } = useSaving(provider, onClose);
  const isNew = provider === null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={isNew ? "Add a provider" : `Change ${provider.name}`}
      description="Where models are, and the key that opens the door."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={id} variant="primary" isBusy={isSaving}>
            {isNew ? "Add it" : "Save"}
          </Button>
        </>
      }
    >
      <form
        id={id}
        className="flex flex-col gap-4"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isSaving) save(form);
        }}
      >
        {isNew && (
          <Field id={`${id}-kind`} label="Kind">
            <Select
              id={`${id}-kind`}
              value={form.kind}
              onChange={setKind}
              options={ProviderKind.options.map((kind) => ({ value: kind, label: KIND_WORDS[kind] }))}
            />
          </Field>
        )}
        <Field id={`${id}-name`} label="Name" hint="As it stands in lists here.">
          <Input
            id={`${id}-name`}
            aria-describedby={`${id}-name-help`}
            required
            maxLength={60}
            value={form.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        <Field
          id={`${id}-url`}
          label="Address"
          hint={
            form.kind === "ollama" && !allowsPrivate ? undefined : "The part of the address before /chat/completions."
          }
        >
          <Input
            id={`${id}-url`}
            type="url"
            required
            spellCheck={false}
            className="font-mono"
            aria-describedby={`${id}-url-help`}
            value={form.baseUrl}
            onChange={(event) => set({ baseUrl: event.target.value })}
          />
        </Field>
        {form.kind === "ollama" && !allowsPrivate && (
          <Alert tone="warning" title="This server opens no address of its own network">
            Ollama mostly runs there. Whoever runs the server can allow it with{" "}
            <code className="font-mono">LLM_ALLOW_PRIVATE=true</code>; until then only a public address works.
          </Alert>
        )}
        <Field
          id={`${id}-key`}
          label="Key"
          hint={
            provider?.hasKey
              ? "A key is kept; type a new one to replace it. Nobody can read the one that is kept, you neither."
              : form.kind === "ollama"
                ? "Most need none."
                : "Kept encrypted. Nobody can read it here afterwards."
          }
        >
          <Input
            id={`${id}-key`}
            type="password"
            autoComplete="new-password"
            spellCheck={false}
            aria-describedby={`${id}-key-help`}
            value={form.key}
            disabled={form.dropsKey}
            onChange={(event) => set({ key: event.target.value })}
          />
        </Field>
        {provider?.hasKey && (
          <label className="flex min-h-6 items-center gap-2 text-sm">
            <Checkbox checked={form.dropsKey} onChange={(event) => set({ dropsKey: event.target.checked, key: "" })} />
            Forget the key that is kept; it wants none
          </label>
        )}
        {problem !== null && (
          <Alert tone="danger" title="Not saved">
            {problem}
          </Alert>
        )}
      </form>
    </Dialog>
  );
}

type Form = { kind: ProviderKind; name: string; baseUrl: string; key: string; dropsKey: boolean };

function useForm(provider: Provider | null) {
  const [form, setForm] = useState<Form>({
    kind: provider?.kind ?? "openai",
    name: provider?.name ?? KIND_WORDS.openai,
    baseUrl: provider?.baseUrl ?? BASE_URLS.openai,
    key: "",
    dropsKey: false,
  });
  const set = (part: Partial<Form>) => setForm({ ...form, ...part });
  return {
    form,
    set,
    /** What was not touched follows the kind. */
    setKind: (kind: ProviderKind) => {
      const isOwnName = form.name.trim() !== "" && form.name !== KIND_WORDS[form.kind];
      const isOwnUrl = form.baseUrl.trim() !== "" && form.baseUrl !== BASE_URLS[form.kind];
      set({
        kind,
        ...(isOwnName ? {} : { name: kind === "compatible" ? "" : KIND_WORDS[kind] }),
        ...(isOwnUrl ? {} : { baseUrl: BASE_URLS[kind] }),
      });
    },
  };
}

function useSaving(provider: Provider | null, onClose: () => void) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const onSettled = useFreshModels();
  const add = useMutation(trpc.models.addProvider.mutationOptions({ onSettled }));
  const change = useMutation(trpc.models.changeProvider.mutationOptions({ onSettled }));
  const error = add.error ?? change.error;
  return {
    isSaving: add.isPending || change.isPending,
    problem: error ? messageOf(error) : null,
    save: ({ kind, name, baseUrl, key, dropsKey }: Form) => {
      const onSuccess = () => {
        toast.success(provider ? `${name} is changed.` : `${name} is added. Test it, then choose a model of it.`);
        onClose();
      };
      const common = { spaceId: space.id, name: name.trim(), baseUrl: baseUrl.trim() };
      if (!provider) return add.mutate({ ...common, kind, key: key.trim() || null }, { onSuccess });
      // Left out, the key that is kept stays.
      const newKey = dropsKey ? { key: null } : key.trim() === "" ? {} : { key: key.trim() };
      return change.mutate({ ...common, providerId: provider.id, ...newKey }, { onSuccess });
    },
  };
}
