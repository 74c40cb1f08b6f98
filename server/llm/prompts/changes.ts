import { emit } from "#server/events/index.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { transaction, violatedConstraint } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import type { Prompt } from "./words.ts";

/** A prompt with what it is for, as people read it. */
export type PromptSource = Prompt & { title: string; description: string };

/** A change of a prompt's words; `system` is null where it went back to its own. */
type Change = { version: number; system: string | null; changedBy: string; changedAt: Date };

/** The prompts, each with its own words, those that the space has put in their place, and every change, the newest first. */
export async function listPrompts(sources: readonly PromptSource[], ctx: Ctx, { spaceId }: { spaceId: string }) {
  const rows = await ctx.db.prisma.promptOverride.findMany({ where: { spaceId }, orderBy: { version: "desc" } });
  return sources.map(({ useCase, title, description, version, system: own }) => {
    const changes = rows.filter((row) => row.useCase === useCase);
    const [newest] = changes;
    const history = changes.map((row): Change => ({
      version: row.version,
      system: row.system,
      changedBy: (row.changedBy as Actor).name,
      changedAt: row.changedAt,
    }));
    const override =
      newest && history[0] && newest.system !== null
        ? { ...history[0], system: newest.system, baseVersion: newest.baseVersion }
        : null;
    return { useCase, title, description, version, own, override, history };
  });
}

/**
 * Puts a space's words in the place of a prompt's own; null goes back to those. They are said from the next call on.
 * @param seenVersion the newest change that was seen, 0 for none; left out where it does not matter
 * @throws AppError not_found; conflict where someone has changed it since
 */
export async function changePrompt(
  sources: readonly PromptSource[],
  ctx: Ctx,
  input: { spaceId: string; useCase: string; system: string | null; seenVersion?: number | undefined },
): Promise<{ version: number }> {
  const { spaceId, useCase, system, seenVersion } = input;
  const source = sources.find((each) => each.useCase === useCase);
  if (!source) throw new AppError("not_found", "There is no such prompt.");
  const at = ctx.now();
  try {
    return await transaction(ctx.db, async (tx) => {
      const [newest] = await tx.query<{ version: number; system: string | null; changed_by: Actor }>(
        `select version, system, changed_by from prompt_overrides
          where space_id = $1 and use_case = $2 order by version desc limit 1`,
        [spaceId, useCase],
      );
      const before = newest?.version ?? 0;
      if (seenVersion !== undefined && seenVersion !== before) throw changedSince(newest?.changed_by.name);
      // What changes nothing is not kept.
      if ((newest?.system ?? null) === system) return { version: before };
      await tx.query(
        `insert into prompt_overrides (id, space_id, use_case, version, base_version, system, changed_by, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [newId(), spaceId, useCase, before + 1, source.version, system, ctx.actor, at],
      );
      emit(tx, { spaceId, type: "settings.changed", subjectId: `prompt:${useCase}`, actor: ctx.actor, at });
      return { version: before + 1 };
    });
  } catch (error) {
    if (violatedConstraint(error) === "prompt_overrides_version_key") throw changedSince();
    throw error;
  }
}

function changedSince(name = "Someone"): AppError {
  return new AppError(
    "conflict",
    `${name} has changed this prompt since you opened it. Nothing was changed; look at their words, then change them.`,
  );
}
