import type pg from "pg";

import { type LoggedEvent, readLogAlone } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { announce } from "./announce.ts";
import type { ReviewDeps } from "./cards.ts";

// One process at a time brings what the log says into the chats. How far it has come in each space is kept in log_readers, and moved only
// after everything was said. So nothing is missed when it dies; what it had said by then is a post with a key, and is not said twice.

const READER = "chat";
/** A fault of our own is passed over after so many tries in a row: it must not keep everything else from being said. */
const MOST_TRIES = 4;

type Announcer = { stop: () => Promise<void> };

/**
 * Announces in the chats what happens to proposals, until it is stopped. A space that was not followed before is followed from now on.
 * Where a channel does not answer it waits and tries again, however long that takes.
 */
export function startAnnouncer(deps: ReviewDeps, ctx: Ctx): Announcer {
  const tries = { failed: 0 };
  return readLogAlone(ctx, {
    name: "assistant.review",
    kept: keptPositions,
    keep: keepPosition,
    onEvents: async (events, { signal, keep }) => {
      await tell(deps, ctx, events, { signal, tries });
      if (signal.aborted) return;
      await keep(events.at(-1)!);
      tries.failed = 0;
    },
  });
}

/** @throws what kept something from being said, unless it never passes */
async function tell(
  deps: ReviewDeps,
  ctx: Ctx,
  events: LoggedEvent[],
  { signal, tries }: { signal: AbortSignal; tries: { failed: number } },
): Promise<void> {
  const untold = await announce(deps, ctx, events, signal);
  const [worst] = untold.toSorted((a, b) => Number(b.mayPass) - Number(a.mayPass));
  if (!worst) return;
  if (worst.mayPass) throw worst.error;
  tries.failed += 1;
  if (tries.failed < MOST_TRIES) throw worst.error;
  const [last] = events.slice(-1);
  for (const { error } of untold) {
    ctx.log.error({ error, spaceId: last?.spaceId, seq: last?.seq }, "assistant.review gave up on an announcement");
  }
}

/** How far the log was announced in each space; those that nobody has followed yet begin here and now. */
async function keptPositions(client: Pick<pg.ClientBase, "query">): Promise<Map<string, number>> {
  await client.query(
    "insert into log_readers (space_id, name, seq) select id, $1, event_seq from spaces on conflict do nothing",
    [READER],
  );
  const { rows } = await client.query<{ id: string; seq: number }>(
    "select space_id as id, seq::float8 as seq from log_readers where name = $1",
    [READER],
  );
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

async function keepPosition(client: Pick<pg.ClientBase, "query">, { spaceId, seq }: LoggedEvent, seen: number) {
  const { rowCount } = await client.query(
    `insert into log_readers (space_id, name, seq) values ($1, $2, $3)
     on conflict (space_id, name) do update set seq = excluded.seq where log_readers.seq = $4`,
    [spaceId, READER, seq, seen],
  );
  return rowCount !== 0;
}
