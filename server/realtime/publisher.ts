import { eventPositions, tailEvents } from "#server/events/index.ts";
import type { Db } from "#server/lib/db.ts";
import type { Log } from "#server/lib/log.ts";

import { announcementOf, checkAnnounced } from "./announcement.ts";
import { startExternalPublisher } from "./external.ts";
import type { Gateway } from "./gateway.ts";
import type { RealtimeSettings } from "./settings.ts";

export type Publisher = {
  stop: () => Promise<void>;
  /** @throws AppError `unavailable` when browsers are not told what happens */
  check: () => Promise<void>;
};

/**
 * Announces every event of the log to the browsers of its space: ids only, in the order of the log.
 * With the built-in gateway every web process announces to its own sockets, from now on. With another Pusher server one
 * process at a time does it for all, from where the last one stopped.
 * @param gateway the sockets of this process; needed in embedded mode
 */
export async function startPublisher(options: {
  db: Db;
  log: Log;
  settings: RealtimeSettings;
  gateway?: Pick<Gateway, "publish"> | undefined;
}): Promise<Publisher> {
  const { db, log, settings, gateway } = options;
  if (settings.mode === "external") return startExternalPublisher({ db, log, settings });
  if (!gateway) throw new Error("The built-in gateway was chosen, but none was given.");

  const announced = await eventPositions(db);
  const tail = await tailEvents({ db, log, from: announced }, (events) => {
    for (const event of events) {
      const { channel, name, data } = announcementOf(event);
      gateway.publish([channel], name, data);
      announced.set(event.spaceId, event.seq);
    }
  });
  return { stop: tail.stop, check: () => checkAnnounced(db, announced) };
}
