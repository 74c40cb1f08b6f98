import type { Actor, Ctx } from "#server/lib/ctx.ts";
import type { Db, Tx } from "#server/lib/db.ts";
import { note } from "#server/lib/log.ts";

import { settingKind } from "./kind.ts";
import { type Scalar, type SettingDefinition, SettingKey, settingsRegistry, type SettingValue } from "./registry.ts";

/**
 * The value in force: what the space set, or else the default. Read at each use, so that a change needs no restart.
 * A stored value that the registry no longer accepts counts as not set, and is noted in the log line of the unit of work.
 */
export async function readSetting<Key extends SettingKey>(
  db: Pick<Db, "prisma">,
  spaceId: string,
  key: Key,
): Promise<SettingValue<Key>> {
  const row = await db.prisma.setting.findUnique({ where: { spaceId_key: { spaceId, key } } });
  return valueInForce(key, row).value;
}

/** Several of them in one query, also inside a transaction. */
export async function readSettings<const Key extends SettingKey>(
  tx: Pick<Tx, "query">,
  spaceId: string,
  keys: readonly Key[],
): Promise<{ [K in Key]: SettingValue<K> }> {
  const rows = await tx.query<{ key: string; value: unknown }>(
    "select key, value from settings where space_id = $1 and key = any($2)",
    [spaceId, keys],
  );
  const values = keys.map(
    (key) => [key, valueInForce(key, rows.find((row) => row.key === key) ?? null).value] as const,
  );
  return Object.fromEntries(values) as { [K in Key]: SettingValue<K> };
}

/** Every setting with what can be put in for it, the value in force, where it comes from and who changed it. */
export async function listSettings(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const rows = await ctx.db.prisma.setting.findMany({ where: { spaceId } });
  return SettingKey.options.map((key) => {
    const { schema, ...definition }: SettingDefinition<Scalar> = settingsRegistry[key];
    const row = rows.find((each) => each.key === key) ?? null;
    const { value, source }: { value: Scalar; source: "default" | "space" } = valueInForce(key, row);
    const changed = source === "space" && row ? { by: (row.updatedBy as Actor).name, at: row.updatedAt } : null;
    return { key, ...definition, kind: settingKind(schema), value, source, changed };
  });
}

function valueInForce<Key extends SettingKey>(key: Key, row: { value: unknown } | null) {
  // The compiler does not see that a key's definition is that of its own value.
  const definition = settingsRegistry[key] as unknown as SettingDefinition<SettingValue<Key>>;
  const byDefault = { value: definition.default, source: "default" as const };
  if (!row) return byDefault;
  const stored = definition.schema.safeParse(row.value);
  if (stored.success) return { value: stored.data, source: "space" as const };
  note({ unusableSetting: key });
  return byDefault;
}
