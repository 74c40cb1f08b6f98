"use client";

import { Cpu, Workflow } from "lucide-react";

import { useConnection } from "#components/realtime/provider.tsx";
import { cn } from "#components/ui/cn.ts";
import { Hint } from "#components/ui/tooltip.tsx";

import { useSpace } from "./space.tsx";

const CONNECTION = {
  connecting: { label: "Connecting", dot: "bg-muted", why: "Waiting for the live connection." },
  live: { label: "Live", dot: "bg-success", why: "Changes by others appear here by themselves." },
  reconnecting: {
    label: "Reconnecting",
    dot: "bg-warning animate-pulse",
    why: "The live connection broke. What was missed is fetched when it is back.",
  },
  offline: {
    label: "Offline",
    dot: "bg-danger",
    why: "The server cannot be reached, so this page may be out of date. It keeps trying.",
  },
} as const;

/** Whether changes arrive by themselves: in a word, with the reason on focus or hover. */
export function ConnectionBadge() {
  const { label, dot, why } = CONNECTION[useConnection()];
  return (
    <Hint label={why}>
      <button
        type="button"
        className="inline-flex h-6 items-center gap-1.5 rounded-sm px-1 text-sm text-soft"
        aria-label={`Connection: ${label}. ${why}`}
      >
        <span aria-hidden className={cn("size-2 rounded-full", dot)} />
        <span role="status">{label}</span>
      </button>
    </Hint>
  );
}

/** Who reads the messages here: a model by name, or the rules. */
export function ProviderBadge() {
  const { provider } = useSpace();
  const why = provider.isModel
    ? `Messages are read by ${provider.label}. Its proposals are suggestions: the quotes beside them are checked by code.`
    : "No model is connected: proposals come from plain rules that look for requests, promises, decisions and questions.";
  const Icon = provider.isModel ? Cpu : Workflow;
  return (
    <Hint label={why}>
      <button
        type="button"
        className="inline-flex h-6 max-w-full min-w-0 items-center gap-1.5 rounded-sm px-1 text-sm text-soft"
        aria-label={`${provider.label}. ${why}`}
      >
        <Icon aria-hidden className="size-3.5 shrink-0 text-muted" />
        <span className="truncate max-md:hidden">{provider.label}</span>
        <span className="truncate md:hidden">{provider.model ?? "No model"}</span>
      </button>
    </Hint>
  );
}
