import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { pressButton } from "./jobs.ts";
import { webContributor } from "./web-chat.ts";

/** A click on a button in the chat of the dashboard: done by the same job as a tap in any other chat. */
export async function pressInWebChat(
  ctx: Ctx,
  { spaceId, userId, token }: { spaceId: string; userId: string; token: string },
): Promise<void> {
  const person = await webContributor(ctx, { spaceId, userId });
  await transaction(ctx.db, (tx) => enqueue(tx, pressButton, { spaceId, ...person, token, tapId: newId() }));
}
