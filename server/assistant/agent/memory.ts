import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

const MOST_MEMORIES = 200;
const LONGEST = 500;

type Person = { spaceId: string; contributorId: string };
export type NewMemory = { id: string; text: string };

/** What someone asked to be kept in mind: theirs alone. What is new is written with the task, or not at all. */
export type Memory = {
  recall: () => Promise<string[]>;
  /** @throws AppError `invalid_input` where it is too long or too much */
  remember: (text: string) => Promise<void>;
  /** What this task adds. */
  added: () => NewMemory[];
};

/** The memory of one person. */
export function openMemory(ctx: Pick<Ctx, "db">, { spaceId, contributorId }: Person): Memory {
  const added: NewMemory[] = [];
  const kept = async () => {
    const rows = await ctx.db.prisma.memory.findMany({
      where: { spaceId, contributorId },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      take: MOST_MEMORIES,
      select: { text: true },
    });
    return rows.map(({ text }) => text);
  };
  const recall = async () => [...(await kept()), ...added.map(({ text }) => text)];
  return {
    recall,
    remember: async (given) => {
      const text = given.replaceAll("\0", "").toWellFormed().replaceAll(/\s+/gu, " ").trim();
      if (text === "" || text.length > LONGEST) {
        throw new AppError("invalid_input", `A memory has 1 to ${LONGEST} characters. It was not kept.`);
      }
      const known = await recall();
      if (known.includes(text)) return;
      if (known.length >= MOST_MEMORIES) {
        throw new AppError("invalid_input", `There are ${MOST_MEMORIES} memories already. It was not kept.`);
      }
      added.push({ id: newId(), text });
    },
    added: () => added,
  };
}

/** Keeps what a task adds; the same again changes nothing. Beyond the most that a person may have, nothing is added. */
export async function keepMemories(
  tx: Tx,
  { spaceId, contributorId, memories, at }: Person & { memories: readonly NewMemory[]; at: Date },
): Promise<void> {
  if (memories.length === 0) return;
  await tx.query(
    `insert into memories (id, space_id, contributor_id, text, created_at)
     select id, $2, $3, text, $4 from jsonb_to_recordset($1::jsonb) as m (id uuid, text text)
      limit greatest(0, ${MOST_MEMORIES} - (select count(*) from memories where contributor_id = $3))
     on conflict (id) do nothing`,
    [JSON.stringify(memories), spaceId, contributorId, at],
  );
}
