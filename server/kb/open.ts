import type { Db } from "#server/lib/db.ts";
import type { Env } from "#server/lib/env.ts";
import type { Log } from "#server/lib/log.ts";

import type { Kbs } from "./kb.ts";

/** @param options.homeId the id of the data folder that this process sees */
export function createKbs(_options: { db: Db; env: Env; log: Log; homeId: string }): Kbs {
  throw new Error("Not built yet.");
}
