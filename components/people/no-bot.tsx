"use client";

import Link from "next/link";

import { useSpacePath } from "#components/shell/space.tsx";
import { messageOf, statusOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";

/** What the server answers where there is no bot that a link could lead to. */
const UNAVAILABLE = 503;

/** Why no link was made. Without a bot, what to set; the chat in the dashboard needs none. */
export function NoLink({ error }: { error: unknown }) {
  const path = useSpacePath();
  const hasNoBot = statusOf(error) === UNAVAILABLE;
  return (
    <Alert
      tone={hasNoBot ? "warning" : "danger"}
      className="mt-3"
      title={hasNoBot ? "There is no bot to link to" : "No link was made"}
    >
      {hasNoBot ? (
        <>
          Make a bot with @BotFather, set TELEGRAM_BOT_TOKEN and start Winnow again. Where it is set, Telegram could not
          be reached just now: try again in a moment. The{" "}
          <Link href={path("chat")} className="text-accent-ink underline underline-offset-2">
            chat in the dashboard
          </Link>{" "}
          works without a bot.
        </>
      ) : (
        messageOf(error)
      )}
    </Alert>
  );
}
