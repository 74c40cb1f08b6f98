import type { BadgeTone } from "#components/ui/badge.tsx";
import type { Outputs } from "#components/trpc/client.tsx";
import type { ReplayStatus } from "#server/analysis/replay/schema.ts";

export type Replay = Outputs["replays"]["list"]["items"][number];
export type ReplayDetail = Outputs["replays"]["byId"];

export const REPLAY_WORDS = {
  running: { label: "Reading", tone: "accent" },
  done: { label: "Done", tone: "success" },
  failed: { label: "Failed", tone: "danger" },
  cancelled: { label: "Cancelled", tone: "neutral" },
} as const satisfies Record<ReplayStatus, { label: string; tone: BadgeTone }>;

/** Who reads, with whose words: "gpt-4.1, with other words". */
export function readerInWords({ status, model, providerName, hasOwnWords }: Replay): string {
  const reader = model ?? (status === "running" ? "Not asked yet" : "Rules engine, no model");
  return `${reader}${providerName ? ` at ${providerName}` : ""}${hasOwnWords ? ", with other words" : ""}`;
}
