"use client";

import { useQuery } from "@tanstack/react-query";

import { Section } from "#components/kb/section.tsx";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { OnlyAdmins } from "./only-admins.tsx";
import type { Setting } from "./setting.ts";
import { SettingRow } from "./setting-row.tsx";

/** Every setting of the space, in its groups. */
export function GeneralPage() {
  return (
    <OnlyAdmins title="Only admins see these settings">
      <AllSettings />
    </OnlyAdmins>
  );
}

function AllSettings() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(trpc.settings.list.queryOptions({ spaceId: space.id }));
  if (!data && error) {
    return <NotRead title="The settings could not be read" error={error} onRetry={() => void refetch()} />;
  }
  if (!data) return <SkeletonRows rows={8} />;
  const groups = [...new Set(data.map(({ group }) => group))];
  return groups.map((group) => (
    <Section key={group} title={group}>
      <SettingList settings={data.filter((setting) => setting.group === group)} />
    </Section>
  ));
}

function SettingList({ settings }: { settings: readonly Setting[] }) {
  return (
    <ul className="border-t">
      {settings.map((setting) => (
        <SettingRow key={setting.key} setting={setting} />
      ))}
    </ul>
  );
}
