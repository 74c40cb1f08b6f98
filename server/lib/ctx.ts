import type { Clock } from "./clock.ts";
import type { Db } from "./db.ts";
import type { Log } from "./log.ts";

/** Who does something. Kept with decisions and events as JSON. */
export type Actor =
  | { type: "user"; userId: string; name: string }
  | { type: "contributor"; contributorId: string; name: string }
  | { type: "system"; name: string };

/** What every command gets first: made once per request, update or job. */
export type Ctx = { actor: Actor; db: Db; log: Log; now: Clock };

/** An actor in one word, for trailers and front matter: `human:<user id>`, `system:<name>`. */
export function actorRef(actor: Actor): string {
  switch (actor.type) {
    case "user":
      return `human:${actor.userId}`;
    case "contributor":
      return `contributor:${actor.contributorId}`;
    case "system":
      return `system:${actor.name}`;
  }
}
