"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import { hasRole } from "#server/auth/schema.ts";

/** Where the people of a chat live, for an admin to say: "by Friday" is a day there. */
export function ChatTimeZone({ chat }: { chat: Outputs["messages"]["chats"][number] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space, role } = useSpace();
  const set = useMutation(
    trpc.messages.setTimeZone.mutationOptions({
      onError: (error: unknown) => toast.error(messageOf(error)),
      onSettled: () => queryClient.invalidateQueries(trpc.messages.chats.pathFilter()),
    }),
  );
  if (!hasRole(role, "admin") || chat.kind === "private") return null;
  return (
    <Select
      label="Time zone of this chat"
      fieldSize="sm"
      className="w-48"
      isDisabled={set.isPending}
      value={chat.timeZone ?? SPACES_OWN}
      onChange={(zone) =>
        set.mutate({ spaceId: space.id, chatId: chat.id, timeZone: zone === SPACES_OWN ? null : zone })
      }
      options={[
        { value: SPACES_OWN, label: "Time zone of the space" },
        ...zonesWith(chat.timeZone).map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") })),
      ]}
    />
  );
}

const SPACES_OWN = "space";

/** What this browser knows, and what is chosen, which another may have known. */
function zonesWith(chosen: string | null): string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return chosen === null || known.includes(chosen) ? known : [chosen, ...known];
}
