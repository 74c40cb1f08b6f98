import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

/**
 * Says where the people of a chat live: "by Friday" is a day there, from the next batch that is read.
 * @param input.timeZone an IANA name; null for the space's
 * @throws AppError `not_found`
 */
export async function setTimeZone(
  ctx: Ctx,
  { spaceId, chatId, timeZone }: { spaceId: string; chatId: string; timeZone: string | null },
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const [chat] = await tx.query(
      "update chats set time_zone = $3 where id = $1 and space_id = $2 and kind <> 'private' returning id",
      [chatId, spaceId, timeZone],
    );
    if (!chat) throw new AppError("not_found", "There is no such chat in this space.");
    emit(tx, { spaceId, type: "settings.changed", subjectId: "chat", actor: ctx.actor, at: ctx.now() });
  });
}

/** Whether it names a time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    // It says that it does not know one by throwing.
    return false;
  }
}
