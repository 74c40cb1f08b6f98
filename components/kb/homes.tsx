"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";

import type { Home, KbStatus } from "./kb.ts";
import { Section } from "./section.tsx";

/** Where the repository lives, and where else it could: for admins. */
export function Homes({ kb }: { kb: KbStatus }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useQuery(trpc.kb.homes.queryOptions({ spaceId: space.id }));
  const [target, setTarget] = useState<Home | null>(null);
  const others = data?.items.filter((home) => !home.isHome) ?? [];
  return (
    <Section title="Where it lives">
      {error && !data && (
        <Alert tone="danger" title="The data folders could not be loaded">
          {messageOf(error)}
        </Alert>
      )}
      {!data && !error && <SkeletonRows rows={1} />}
      {data && (
        <ul className="flex flex-col">
          {data.items.map((home) => (
            <li key={home.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b py-2">
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-x-2">
                  <span>{home.hosts.length > 0 ? home.hosts.join(", ") : "A data folder without a worker"}</span>
                  {home.isHome && <Badge tone="accent">here</Badge>}
                  {!home.isAlive && <Badge tone="warning">no worker</Badge>}
                </p>
                <p className="text-sm text-muted">
                  data folder <code className="font-mono text-xs">{home.id.slice(-12)}</code>
                </p>
              </div>
              {!home.isHome && (
                <Button size="sm" onClick={() => setTarget(home)}>
                  Move here
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {data && others.length === 0 && (
        <p className="mt-2 text-sm text-muted">
          No worker runs with another data folder, so there is nowhere to move it to.
        </p>
      )}
      {target && <MoveDialog kb={kb} home={target} onClose={() => setTarget(null)} />}
    </Section>
  );
}

function MoveDialog({ kb, home, onClose }: { kb: KbStatus; home: Home; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const move = useMutation(
    trpc.kb.move.mutationOptions({
      onSuccess: () => {
        toast.success("Moved. Its new workers fetch it now.");
        onClose();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.kb.pathFilter()),
    }),
  );
  const hosts = home.hosts.join(", ");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={`Move the knowledge base to ${hosts}?`}
      description="It can be moved back the same way."
      footer={
        <>
          <Button onClick={onClose}>Leave it where it is</Button>
          <Button
            variant="primary"
            isBusy={move.isPending}
            onClick={() => move.mutate({ spaceId: space.id, homeId: home.id })}
          >
            Move it
          </Button>
        </>
      }
    >
      <ul className="flex list-disc flex-col gap-1 pl-4">
        <li>
          The workers on {hosts} fetch it from {kb.remote ?? "the remote"}, and write to it from then on. What waits in
          the queue goes on there.
        </li>
        <li>Until that is fetched nothing is written; decisions are kept meanwhile.</li>
        <li>The folder where it is now stays as it is. Nothing of Winnow writes to it any more.</li>
      </ul>
      {move.error && (
        <Alert tone="danger" className="mt-3" title="It was not moved">
          {messageOf(move.error)}
        </Alert>
      )}
    </Dialog>
  );
}
