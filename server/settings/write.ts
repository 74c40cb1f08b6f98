import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { type SettingKey, settingsRegistry } from "./registry.ts";

/**
 * Gives a setting a value of the space's own; null goes back to the default. What changes nothing is not announced.
 * @throws AppError `invalid_input` saying what the value may be
 */
export async function setSetting(ctx: Ctx, input: { spaceId: string; key: SettingKey; value: unknown }): Promise<void> {
  const { spaceId, key, value } = input;
  const checked = value === null ? null : checkValue(key, value);
  const at = ctx.now();
  await transaction(ctx.db, async (tx) => {
    const changed =
      checked === null
        ? await tx.query("delete from settings where space_id = $1 and key = $2 returning key", [spaceId, key])
        : await tx.query(
            `insert into settings (space_id, key, value, updated_by, updated_at) values ($1, $2, $3, $4, $5)
             on conflict (space_id, key) do update
               set value = excluded.value, updated_by = excluded.updated_by, updated_at = excluded.updated_at
               where settings.value is distinct from excluded.value
             returning key`,
            [spaceId, key, JSON.stringify(checked), ctx.actor, at],
          );
    if (changed.length > 0) emit(tx, { spaceId, type: "settings.changed", subjectId: key, actor: ctx.actor, at });
  });
}

function checkValue(key: SettingKey, value: unknown): unknown {
  const { label, schema } = settingsRegistry[key];
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const why = checked.error.issues.map((issue) => issue.message).join(" ");
  throw new AppError("invalid_input", `“${label}” cannot have this value. ${why} Nothing was changed.`);
}
