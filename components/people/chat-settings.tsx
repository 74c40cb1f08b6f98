"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";

type Setting = Outputs["settings"]["list"][number];

/** The settings of this space that concern Telegram. Each is saved by itself as it is changed. */
export function ChatSettings() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useQuery(trpc.settings.list.queryOptions({ spaceId: space.id }));
  if (error && !data) return <Alert tone="danger">{messageOf(error)}</Alert>;
  if (!data) return <SkeletonRows rows={3} />;
  return (
    <div className="flex flex-col gap-5">
      {data
        .filter((setting) => setting.group === "Telegram")
        .map((setting) => (
          <SettingField key={setting.key} setting={setting} />
        ))}
    </div>
  );
}

function SettingField({ setting }: { setting: Setting }) {
  const id = useId();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const save = useMutation(
    trpc.settings.set.mutationOptions({ onSettled: () => queryClient.invalidateQueries(trpc.settings.pathFilter()) }),
  );
  const set = (value: unknown) => save.mutate({ spaceId: space.id, key: setting.key, value });
  return (
    <Field
      id={id}
      label={setting.label}
      error={save.error ? messageOf(save.error) : undefined}
      hint={
        <>
          {setting.description}{" "}
          {setting.changed && (
            <>
              Changed by {setting.changed.by}, <Age at={setting.changed.at} inWords />.
            </>
          )}
          {save.isPending && " Saving…"}
          {save.isSuccess && " Saved."}
        </>
      }
    >
      <Control id={id} setting={setting} isBusy={save.isPending} onSet={set} />
    </Field>
  );
}

function Control({
  id,
  setting: { key, value, label },
  isBusy,
  onSet,
}: {
  id: string;
  setting: Setting;
  isBusy: boolean;
  onSet: (value: unknown) => void;
}) {
  // What stands there until something is typed is the value in force, whoever changes it.
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? String(value);
  if (typeof value === "boolean") {
    return (
      <span className="flex min-h-8 items-center">
        <Checkbox
          id={id}
          aria-describedby={`${id}-help`}
          checked={value}
          onChange={(event) => onSet(event.target.checked)}
        />
      </span>
    );
  }
  if (key === "telegram.access") {
    return (
      <Select
        id={id}
        label={label}
        className="sm:max-w-xs"
        value={String(value)}
        onChange={onSet}
        options={[
          { value: "paired", label: "People and groups that were let in" },
          { value: "everyone", label: "Whoever finds the bot" },
        ]}
      />
    );
  }
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        // What is no number is sent as it is, to be told what it may be.
        onSet(shown.trim() !== "" && Number.isFinite(Number(shown)) ? Number(shown) : shown);
      }}
    >
      <Input
        id={id}
        inputMode="numeric"
        aria-describedby={`${id}-help`}
        className="w-24"
        value={shown}
        onChange={(event) => setTyped(event.target.value)}
      />
      {shown !== String(value) && (
        <Button type="submit" isBusy={isBusy}>
          Save
        </Button>
      )}
    </form>
  );
}
