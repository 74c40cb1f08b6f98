"use client";

import { useQuery } from "@tanstack/react-query";

import { Section } from "#components/kb/section.tsx";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useKeptFocus } from "#components/ui/use-kept-focus.ts";

import { type Pairing, PairingRow } from "./pairing-row.tsx";

/** Who waits at the door, who is in, and who was refused. */
export function Pairings() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(trpc.channels.pairings.queryOptions({ spaceId: space.id }));
  if (error && !data) {
    return <NotRead title="The list could not be loaded" error={error} onRetry={() => void refetch()} />;
  }
  return data ? <Lists pairings={data} /> : <SkeletonRows rows={4} />;
}

function Lists({ pairings }: { pairings: readonly Pairing[] }) {
  // Whoever is decided about moves to another list, and the pressed button with them.
  const partRef = useKeptFocus<HTMLDivElement>();
  const of = (status: Pairing["status"]) => pairings.filter((pairing) => pairing.status === status);
  const [waiting, letIn, refused] = [of("asked"), of("approved"), of("refused")];
  return (
    <div
      ref={partRef}
      tabIndex={-1}
      role="group"
      aria-label="People and groups"
      className="flex flex-col gap-8 rounded-md outline-offset-4"
    >
      <Section title="Waiting to be let in">
        <List
          pairings={waiting}
          empty="Nobody. Whoever sends /pair to the bot is listed here; of what others say to it nothing is kept."
        />
      </Section>
      <Section title="Who is let in">
        <List pairings={letIn} empty="Nobody yet. Invite a person or a group below, or let in whoever asks." />
      </Section>
      {refused.length > 0 && (
        <Section title="Refused">
          <List pairings={refused} empty="" />
        </Section>
      )}
    </div>
  );
}

function List({ pairings, empty }: { pairings: readonly Pairing[]; empty: string }) {
  if (pairings.length === 0) return <p className="text-muted">{empty}</p>;
  return (
    <ul className="border-t">
      {pairings.map((pairing) => (
        <PairingRow key={pairing.id} pairing={pairing} />
      ))}
    </ul>
  );
}
