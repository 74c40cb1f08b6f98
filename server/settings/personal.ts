import type { Ctx } from "#server/lib/ctx.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { type PersonalKey, personalRegistry, type PersonalValue } from "./registry.ts";

type Personal = { [Key in PersonalKey]: PersonalValue<Key> };

/** All that a person set for themselves, defaults where they did not. A stored value that is no longer accepted counts as not set. */
export async function readPersonal(db: Pick<Db, "prisma">, contributorId: string): Promise<Personal> {
  const rows = await db.prisma.contributorSetting.findMany({ where: { contributorId } });
  const valueOf = <Key extends PersonalKey>(key: Key): PersonalValue<Key> => {
    const stored = personalRegistry[key].schema.safeParse(rows.find((row) => row.key === key)?.value);
    return (stored.success ? stored.data : personalRegistry[key].default) as PersonalValue<Key>;
  };
  return { language: valueOf("language"), model: valueOf("model"), cards: valueOf("cards") };
}

/** @throws AppError `invalid_input` saying what the value may be */
export async function setPersonal(
  ctx: Ctx,
  { contributorId, key, value }: { contributorId: string; key: PersonalKey; value: unknown },
): Promise<void> {
  const checked = personalRegistry[key].schema.safeParse(value);
  if (!checked.success) {
    throw new AppError(
      "invalid_input",
      `${checked.error.issues.map((issue) => issue.message).join(" ")} Nothing was changed.`,
    );
  }
  await ctx.db.pool.query(
    `insert into contributor_settings (contributor_id, key, value, updated_at) values ($1, $2, $3, $4)
     on conflict (contributor_id, key) do update set value = excluded.value, updated_at = excluded.updated_at`,
    [contributorId, key, JSON.stringify(checked.data), ctx.now()],
  );
}
