"use client";

import { useQuery } from "@tanstack/react-query";

import { SettingRow } from "#components/settings/setting-row.tsx";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

/** The settings of this space that concern Telegram. Each is saved by itself as it is changed. */
export function ChatSettings() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useQuery(trpc.settings.list.queryOptions({ spaceId: space.id }));
  if (error && !data) return <Alert tone="danger">{messageOf(error)}</Alert>;
  if (!data) return <SkeletonRows rows={3} />;
  return (
    <ul className="border-t">
      {data
        .filter((setting) => setting.group === "Telegram")
        .map((setting) => (
          <SettingRow key={setting.key} setting={setting} />
        ))}
    </ul>
  );
}
