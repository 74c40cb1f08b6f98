"use client";

import { useMutation } from "@tanstack/react-query";
import { UserPlus, UsersRound } from "lucide-react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Button } from "#components/ui/button.tsx";

import { NoLink } from "./no-bot.tsx";
import { OneTimeLink } from "./one-time-link.tsx";

/** Links that let somebody in without asking: each for one person or one group. */
export function Invite() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const invite = useMutation(trpc.channels.invite.mutationOptions());
  const isFor = invite.variables?.subject;
  return (
    <div aria-live="polite">
      <div className="flex flex-wrap gap-2">
        <Button
          isBusy={invite.isPending && isFor === "person"}
          onClick={() => invite.mutate({ spaceId: space.id, subject: "person" })}
        >
          <UserPlus aria-hidden />
          Invite a person
        </Button>
        <Button
          isBusy={invite.isPending && isFor === "chat"}
          onClick={() => invite.mutate({ spaceId: space.id, subject: "chat" })}
        >
          <UsersRound aria-hidden />
          Invite a group
        </Button>
      </div>
      {invite.error && <NoLink error={invite.error} />}
      {invite.data && (
        <OneTimeLink
          key={invite.data.url}
          url={invite.data.url}
          label={isFor === "chat" ? "Link for one group" : "Link for one person"}
          hint={`${
            isFor === "chat"
              ? "Whoever opens it picks the group that the bot is added to."
              : "Send it to them: whoever opens it first is let in."
          } It works once, for 24 hours, and is not shown again.`}
        />
      )}
    </div>
  );
}
