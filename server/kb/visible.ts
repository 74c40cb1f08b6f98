import type { Ctx } from "#server/lib/ctx.ts";

import { failWaiting, type Hold, type Named, queueRows, tellHold } from "./operation-rows.ts";
import type { Room } from "./room.ts";

// What takes a moment is not shown while it does: a row and an event for it would take longer than the thing itself.

/** Whoever waits longer than this is shown in the queue; most have the lock by then. */
const SHOWN_AFTER_MS = 30;
/** A lock that is held longer than this is told of while it is; most are free again by then. */
const ANNOUNCED_AFTER_MS = 250;

/** Shows operations in the queue that do not get the lock at once. */
export function showInQueue(ctx: Ctx, room: Room, operations: readonly Named[], queuedAt: Date) {
  let shown: Promise<void> | undefined;
  const timer = setTimeout(() => {
    shown = queueRows(ctx, room, operations, queuedAt);
    // It is the wait itself that will say if the database is gone.
    shown.catch(() => {});
  }, SHOWN_AFTER_MS);
  const leave = async () => {
    clearTimeout(timer);
    await shown;
  };
  return {
    leave,
    /** Says why the wait ended without a turn. Whoever had a turn has said it already. */
    giveUp: async (error: unknown) => {
      clearTimeout(timer);
      if (shown)
        await shown.then(
          () =>
            failWaiting(
              ctx,
              operations.map((each) => each.operationId),
              error,
            ),
          () => {},
        );
    },
  };
}

/** Tells who watches when a lock is held for longer than a moment. */
export function announceWhenLong(ctx: Ctx, room: Room, hold: Hold) {
  let telling: Promise<void> | undefined;
  const timer = setTimeout(() => {
    if (!hold.isAnnounced) telling = tellHold(ctx, room, hold, "locked");
  }, ANNOUNCED_AFTER_MS);
  return {
    /** Whoever heard that it is held hears that it is free, whatever there was to do. */
    stop: async () => {
      clearTimeout(timer);
      await telling;
      if (hold.isAnnounced && !hold.isReleased) await tellHold(ctx, room, hold, "released");
    },
  };
}
