"use client";

import { useQuery } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

const HOW = {
  webhook: "Telegram sends updates here.",
  polling: "Winnow asks Telegram for updates.",
  off: "",
} as const satisfies Record<Outputs["channels"]["bot"]["mode"], string>;

/** How the bot stands, and what to do where something is in the way. */
export function BotStatus() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data: bot, error } = useQuery(trpc.channels.bot.queryOptions({ spaceId: space.id }));
  if (error && !bot) return <Alert tone="danger">{messageOf(error)}</Alert>;
  if (!bot) return <SkeletonRows rows={1} />;
  return (
    <div className="flex flex-col gap-3">
      {bot.isSetUp && (
        <p>
          {bot.name ? (
            <a
              href={`https://t.me/${bot.name}`}
              target="_blank"
              rel="noreferrer noopener"
              className="text-accent-ink underline underline-offset-2"
            >
              @{bot.name}
            </a>
          ) : (
            "Telegram does not say what the bot is called right now."
          )}{" "}
          <span className="text-muted">{HOW[bot.mode]}</span>
        </p>
      )}
      {bot.listed > 0 && (
        <p className="text-muted">
          {bot.listed === 1 ? "One person is" : `${bot.listed} people are`} heard besides those below, by
          TELEGRAM_ALLOWED_USER_IDS.
        </p>
      )}
      {bot.sentences.map((sentence) => (
        <Alert key={sentence} tone="warning">
          {sentence}
        </Alert>
      ))}
    </div>
  );
}
