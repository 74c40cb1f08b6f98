import type { Db } from "#server/lib/db.ts";
import { readPersonal, readSetting } from "#server/settings/index.ts";

/**
 * The model that answers a request: the one chosen for its conversation, else the person's, else the space's.
 * Undefined: LLM_MODEL.
 */
export async function modelFor(
  db: Pick<Db, "prisma">,
  { spaceId, contributorId, model }: { spaceId: string; contributorId: string; model: string | null },
): Promise<string | undefined> {
  if (model) return model;
  const { model: own } = await readPersonal(db, contributorId);
  return own || (await readSetting(db, spaceId, "assistant.model")) || undefined;
}
