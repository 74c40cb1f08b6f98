"use client";

import { useQuery } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";

import { SettingRow } from "./setting-row.tsx";

/** The settings that say what models may cost; they stand among the others too. */
export function ModelSettings() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data } = useQuery(trpc.settings.list.queryOptions({ spaceId: space.id }));
  const settings = data?.filter(({ key }) => key.startsWith("models.")) ?? [];
  if (settings.length === 0) return null;
  return (
    <ul className="mt-4 border-t">
      {settings.map((setting) => (
        <SettingRow key={setting.key} setting={setting} />
      ))}
    </ul>
  );
}
