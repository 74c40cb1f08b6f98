"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { useReadOnlyReason, useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";

import { NoLink } from "./no-bot.tsx";
import { OneTimeLink } from "./one-time-link.tsx";

/** Whether Winnow knows who one is on Telegram, and how to change that. */
export function MyTelegram() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useQuery(trpc.channels.me.queryOptions({ spaceId: space.id }));
  if (error && data === undefined) return <Alert tone="danger">{messageOf(error)}</Alert>;
  if (data === undefined) return <SkeletonRows rows={1} />;
  return data ? <Linked name={data.displayName} username={data.username} /> : <NotLinked />;
}

function Linked({ name, username }: { name: string; username: string | null }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const unlink = useMutation(
    trpc.channels.unlinkMe.mutationOptions({
      onSuccess: () => toast("Your Telegram is not connected any more."),
      onError: (error) => toast.error(messageOf(error)),
      onSettled: () => queryClient.invalidateQueries(trpc.channels.pathFilter()),
    }),
  );
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <p className="min-w-60 flex-1">
        Connected as <span className="font-medium">{name}</span>
        {username && <span className="text-muted"> @{username}</span>}.{" "}
        <span className="text-muted">What you decide there counts as yours, and proposals reach you as cards.</span>
      </p>
      <Button
        size="sm"
        isBusy={unlink.isPending}
        blockedBecause={readOnly}
        onClick={() => unlink.mutate({ spaceId: space.id })}
      >
        Disconnect
      </Button>
    </div>
  );
}

function NotLinked() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const link = useMutation(trpc.channels.linkMe.mutationOptions());
  return (
    <div aria-live="polite">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-60 flex-1 text-muted">
          Not connected. With it, Winnow knows you in Telegram: you review proposals there, and what you decide counts
          as yours.
        </p>
        <Button isBusy={link.isPending} blockedBecause={readOnly} onClick={() => link.mutate({ spaceId: space.id })}>
          Connect my Telegram
        </Button>
      </div>
      {link.error && <NoLink error={link.error} />}
      {link.data && (
        <OneTimeLink
          key={link.data.url}
          url={link.data.url}
          label="Your own link"
          hint="Open it on the device where you use Telegram, and press Start. It works once, for 24 hours, and is not shown again. Give it to nobody: whoever opens it is you."
        />
      )}
    </div>
  );
}
