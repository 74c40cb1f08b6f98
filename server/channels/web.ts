import { emit } from "#server/events/index.ts";
import type { EventType } from "#server/events/schema.ts";
import type { Clock } from "#server/lib/clock.ts";
import { type Db, transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import type { ChannelPort, Place } from "./channel.ts";

/** A page reads what is written as fast as this. */
const PACE_MS = 250;
const SPEAKER = { type: "system", name: "Winnow" } as const;

/** The id that a user's chat in the dashboard of a space has on its channel. */
export const webChatId = ({ spaceId, userId }: { spaceId: string; userId: string }) => `${spaceId}:${userId}`;

/** The chat in the dashboard. Its messages are the rows themselves; pages are told by an event to look again. */
export function createWebChannel({ db, now }: { db: Pick<Db, "pool">; now: Clock }): ChannelPort {
  const tell = (place: Place, type: EventType) =>
    transaction(db, async (tx) => {
      const [spaceId = ""] = place.externalId.split(":");
      emit(tx, { spaceId, type, subjectId: place.externalId, actor: SPEAKER, at: now() });
    });
  return {
    name: "web",
    paceMs: () => PACE_MS,
    send: async (place) => {
      await tell(place, "chat.posted");
      return { externalId: newId(), moreIds: [] };
    },
    edit: async (place, post) => {
      await tell(place, "chat.revised");
      return post;
    },
    remove: (place) => tell(place, "chat.revised"),
    draft: async () => false,
    react: async () => {},
    acknowledge: async () => {},
    download: async () => {
      throw new AppError("not_found", "This file came by the web chat and is not there any more. Send it again.");
    },
  };
}
