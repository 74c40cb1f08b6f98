import type { Db } from "#server/lib/db.ts";

import { type SettingKey, settingsRegistry, type SettingValue } from "./registry.ts";

/**
 * The value in force: what the space set, or else the default. Read at each use, so that a change needs no restart.
 * A stored value that the registry no longer accepts counts as not set.
 */
export async function readSetting<Key extends SettingKey>(
  db: Pick<Db, "prisma">,
  spaceId: string,
  key: Key,
): Promise<SettingValue<Key>> {
  const definition = settingsRegistry[key];
  const row = await db.prisma.setting.findUnique({ where: { spaceId_key: { spaceId, key } } });
  const stored = definition.schema.safeParse(row?.value);
  return stored.success ? stored.data : definition.default;
}
