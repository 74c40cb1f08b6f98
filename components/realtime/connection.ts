import type Pusher from "pusher-js";

import { channelName, EventNotice, EventTopic } from "#server/events/schema.ts";
import { type ClientRealtimeOptions, NOTICE_EVENT, pusherOptions } from "#server/realtime/schema.ts";

/** `live`: everything arrives by itself. `reconnecting`: trying again. `offline`: for so long that what is shown may be old. */
export type ConnectionState = "connecting" | "live" | "reconnecting" | "offline";

const WATCH_MS = 1_000;
/** pusher-js waits 15, 30, then 60 s after a refused connect; a fresh start after this long is back much sooner. */
const STUCK_AFTER_MS = 2_500;
const STUCK_AFTER_AT_MOST_MS = 15_000;
const JITTER_MS = 1_000;
const OFFLINE_AFTER_MS = 15_000;
/** While there is no socket the log is asked for news this often. */
const POLL_MS = 5_000;

/**
 * Listens to every topic of a space until closed.
 * @param onHeard a channel was (re)subscribed or time has passed without a socket: something may have been missed
 */
export function openConnection(options: {
  realtime: ClientRealtimeOptions;
  spaceId: string;
  onNotice: (notice: EventNotice) => void;
  onMissed: () => void;
  onState: (state: ConnectionState) => void;
}): { close: () => void } {
  let pusher: Pusher | undefined;
  let isClosed = false;
  const subscribed = new Set<string>();
  let wasLive = false;
  let downSince = Date.now();
  let stuckSince = Date.now();
  let polledAt = Date.now();
  let restarts = 0;

  const isLive = () => pusher?.connection.state === "connected" && subscribed.size === EventTopic.options.length;

  const tellState = () => {
    if (isClosed) return;
    if (isLive()) {
      wasLive = true;
      restarts = 0;
      return options.onState("live");
    }
    if (Date.now() - downSince > OFFLINE_AFTER_MS || !navigator.onLine) return options.onState("offline");
    options.onState(wasLive ? "reconnecting" : "connecting");
  };

  const start = async () => {
    const { default: PusherClient } = await import("pusher-js");
    if (isClosed) return;
    pusher = new PusherClient(options.realtime.key, pusherOptions(options.realtime, window.location));
    pusher.connection.bind("state_change", ({ previous }: { previous: string }) => {
      stuckSince = Date.now();
      if (previous === "connected") {
        downSince = Date.now();
        polledAt = Date.now();
        subscribed.clear();
      }
      tellState();
    });
    for (const topic of EventTopic.options) {
      const channel = pusher.subscribe(channelName(options.spaceId, topic));
      channel.bind("pusher:subscription_succeeded", () => {
        subscribed.add(topic);
        // There is no replay on the socket: what happened between two subscriptions is in the log.
        if (isLive()) options.onMissed();
        tellState();
      });
      channel.bind(NOTICE_EVENT, (data: unknown) => {
        const notice = EventNotice.safeParse(data);
        // A newer server may know a type that this page does not: its number is still asked for, and reloading learns it.
        if (notice.success) options.onNotice(notice.data);
        else options.onMissed();
      });
    }
  };

  const watch = setInterval(() => {
    tellState();
    if (isLive() || !pusher) return;
    const now = Date.now();
    // A socket that is open only waits for its channels to be allowed: breaking it off would start that over.
    const patienceMs =
      pusher.connection.state === "connected"
        ? STUCK_AFTER_AT_MOST_MS
        : Math.min(STUCK_AFTER_MS * 1.2 ** restarts, STUCK_AFTER_AT_MOST_MS);
    if (now - stuckSince > patienceMs + Math.random() * JITTER_MS) {
      stuckSince = now;
      restarts += 1;
      pusher.disconnect();
      pusher.connect();
    }
    if (now - polledAt > POLL_MS) {
      polledAt = now;
      options.onMissed();
    }
  }, WATCH_MS);

  window.addEventListener("online", tellState);
  window.addEventListener("offline", tellState);
  void start();

  return {
    close: () => {
      isClosed = true;
      clearInterval(watch);
      window.removeEventListener("online", tellState);
      window.removeEventListener("offline", tellState);
      pusher?.disconnect();
    },
  };
}
