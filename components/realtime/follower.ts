import type { EventNotice } from "#server/events/schema.ts";

/** How long a missing number may still be on its way before it is asked for. */
const GAP_PATIENCE_MS = 150;

/** `isComplete` false: so much was missed that asking for everything again costs less. */
type Page = { notices: EventNotice[]; newest: number; isComplete: boolean };

/**
 * Follows the log of one space: each notice is handed over once, whichever way it came, and a number that is missing is
 * fetched. Notices of several channels may overtake each other by a moment; that is not yet a gap.
 */
export function createFollower(options: {
  /** The last number that what is on the screen already contains. */
  from: number;
  fetchSince: (after: number) => Promise<Page>;
  onNotices: (notices: EventNotice[]) => void;
  /** Too much was missed to replay it: everything is stale. */
  onLost: () => void;
  onError: (error: unknown) => void;
}) {
  let reached = options.from;
  const ahead = new Set<number>();
  let gapTimer: ReturnType<typeof setTimeout> | undefined;
  let catchingUp: Promise<void> | undefined;
  let isStopped = false;

  const isNew = (notice: EventNotice) => notice.seq > reached && !ahead.has(notice.seq);

  const advance = () => {
    while (ahead.delete(reached + 1)) reached += 1;
    if (ahead.size === 0) {
      clearTimeout(gapTimer);
      gapTimer = undefined;
    } else {
      gapTimer ??= setTimeout(() => {
        gapTimer = undefined;
        void catchUp();
      }, GAP_PATIENCE_MS);
    }
  };

  const take = (notices: EventNotice[]) => {
    const fresh = notices.filter(isNew);
    for (const notice of fresh) ahead.add(notice.seq);
    advance();
    if (fresh.length > 0) options.onNotices(fresh);
  };

  const replay = async () => {
    const page = await options.fetchSince(reached);
    if (isStopped) return;
    if (page.isComplete) return take(page.notices);
    reached = Math.max(reached, page.newest);
    for (const seq of ahead) if (seq <= reached) ahead.delete(seq);
    options.onLost();
    advance();
  };

  /** Asks for everything after the last number reached. Calls while one is under way share it. */
  const catchUp = (): Promise<void> => {
    catchingUp ??= replay()
      .catch(options.onError)
      .finally(() => {
        catchingUp = undefined;
        if (!isStopped && ahead.size > 0) advance();
      });
    return catchingUp;
  };

  return {
    receive: (notice: EventNotice) => take([notice]),
    catchUp,
    stop: () => {
      isStopped = true;
      clearTimeout(gapTimer);
    },
    /** The number up to which nothing is missing. */
    position: () => reached,
  };
}
