import { emit } from "#server/events/index.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { type SettingKey, settingsRegistry } from "./registry.ts";

/** Gives a setting a value of the space's own; null goes back to the default. */
export async function setSetting(ctx: Ctx, input: { spaceId: string; key: SettingKey; value: unknown }): Promise<void> {
  const { spaceId, key, value } = input;
  const definition = settingsRegistry[key];
  const checked = value === null ? null : definition.schema.safeParse(value);
  if (checked && !checked.success) {
    const why = checked.error.issues.map((issue) => issue.message).join("; ");
    throw new AppError("invalid_input", `“${definition.label}” cannot have this value: ${why}. Nothing was changed.`);
  }
  const at = ctx.now();
  await transaction(ctx.db, async (tx) => {
    if (checked === null) await tx.query("delete from settings where space_id = $1 and key = $2", [spaceId, key]);
    else {
      await tx.query(
        `insert into settings (space_id, key, value, updated_by, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (space_id, key)
           do update set value = excluded.value, updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
        [spaceId, key, JSON.stringify(checked.data), ctx.actor, at],
      );
    }
    emit(tx, { spaceId, type: "settings.changed", subjectId: key, actor: ctx.actor, at });
  });
}

/** Every setting with the value in force, where it comes from and who changed it. */
export async function listSettings(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const rows = await ctx.db.prisma.setting.findMany({ where: { spaceId } });
  return (Object.keys(settingsRegistry) as SettingKey[]).map((key) => {
    const definition = settingsRegistry[key];
    const row = rows.find((each) => each.key === key);
    const stored = definition.schema.safeParse(row?.value);
    return {
      key,
      label: definition.label,
      description: definition.description,
      value: stored.success ? stored.data : definition.default,
      default: definition.default,
      source: stored.success ? ("space" as const) : ("default" as const),
      changedBy: stored.success && row ? (row.updatedBy as Actor).name : null,
      changedAt: stored.success && row ? row.updatedAt : null,
    };
  });
}
