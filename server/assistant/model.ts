import type { Db } from "#server/lib/db.ts";
import { readPersonal } from "#server/settings/index.ts";

/**
 * The model that was chosen for a request: the one of its conversation, else the person's.
 * Undefined: whichever the space has for this use.
 */
export async function modelFor(
  db: Pick<Db, "prisma">,
  { contributorId, model }: { contributorId: string; model: string | null },
): Promise<string | undefined> {
  if (model) return model;
  const { model: own } = await readPersonal(db, contributorId);
  return own || undefined;
}
