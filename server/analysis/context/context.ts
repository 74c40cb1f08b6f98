import { emit } from "#server/events/index.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { oneLine, paragraphs } from "../extraction/clean.ts";
import { ProjectContext } from "../schema.ts";

/** What the team told about its project, who changed it last, and the version that a change has to name: 0 before the first. */
export type KeptContext = {
  content: ProjectContext;
  version: number;
  changed: { by: string; at: Date } | null;
};

/** What was kept by another version of Winnow and is no longer accepted counts as not told. */
export async function readContext(ctx: Ctx, { spaceId }: { spaceId: string }): Promise<KeptContext> {
  const row = await ctx.db.prisma.projectContext.findUnique({ where: { spaceId } });
  const content = ProjectContext.safeParse(row?.content ?? {}).data ?? ProjectContext.parse({});
  if (!row) return { content, version: 0, changed: null };
  return { content, version: row.version, changed: { by: (row.updatedBy as Actor).name, at: row.updatedAt } };
}

/**
 * Changes what the team told about its project: the next batch that is read is given it.
 * @param input.seenVersion the version that was changed
 * @returns the new version
 * @throws AppError `conflict` naming whoever changed it meanwhile; `not_found` for a person of another space
 */
export async function changeContext(
  ctx: Ctx,
  { spaceId, seenVersion, ...input }: { spaceId: string; content: ProjectContext; seenVersion: number },
): Promise<{ version: number }> {
  const content = cleaned(input.content);
  await checkPeople(ctx, spaceId, content);
  const at = ctx.now();
  const changed = await transaction(ctx.db, async (tx) => {
    const [row] = await tx.query<{ version: number }>(
      `insert into project_contexts (space_id, content, version, updated_by, updated_at)
       select $1, $2, 1, $3, $4 where $5 = 0
       on conflict (space_id) do nothing returning version`,
      [spaceId, JSON.stringify(content), ctx.actor, at, seenVersion],
    );
    const [raised] = row
      ? [row]
      : await tx.query<{ version: number }>(
          `update project_contexts set content = $2, version = version + 1, updated_by = $3, updated_at = $4
            where space_id = $1 and version = $5 returning version`,
          [spaceId, JSON.stringify(content), ctx.actor, at, seenVersion],
        );
    if (raised) emit(tx, { spaceId, type: "settings.changed", subjectId: "context", actor: ctx.actor, at });
    return raised;
  });
  if (changed) return changed;
  const { changed: last } = await readContext(ctx, { spaceId });
  const who = last ? `${last.by} changed` : "Somebody removed";
  throw new AppError(
    "conflict",
    `${who} what is told about the project since you opened it. Nothing was changed; open it again and put your words in.`,
  );
}

/** Only people of the space can be meant. */
async function checkPeople(ctx: Ctx, spaceId: string, { people }: ProjectContext): Promise<void> {
  const ids = [...new Set(people.flatMap(({ contributorId }) => contributorId ?? []))];
  const known = await ctx.db.prisma.contributor.count({ where: { spaceId, id: { in: ids } } });
  if (known < ids.length) {
    throw new AppError(
      "not_found",
      "One of the people is nobody who writes in this space. Nothing was changed; choose whom you mean again.",
    );
  }
}

/** Without characters that no text has, without what is empty, and each thing once. */
function cleaned(content: ProjectContext): ProjectContext {
  const names = (all: string[], most: number) =>
    once(
      all.map((each) => oneLine(each, most)),
      (name) => name,
    );
  const called = <Named extends { name: string; aliases: string[] }>(all: Named[], most: number) =>
    once(
      all.map((each) => ({ ...each, name: oneLine(each.name, most), aliases: names(each.aliases, 80) })),
      ({ name }) => name,
    );
  const glossary = content.glossary.map(({ term, meaning }) => ({
    term: oneLine(term, 80),
    meaning: oneLine(meaning, 400),
  }));
  return {
    about: paragraphs(content.about, 4_000),
    keywords: names(content.keywords, 60),
    glossary: once(glossary, ({ term, meaning }) => (meaning === "" ? "" : term)),
    components: called(content.components, 80),
    people: called(content.people, 120).map((person) => ({ ...person, role: oneLine(person.role, 200) })),
  };
}

/** Each once by its name, whatever its case; what has none is left out. */
function once<Thing>(all: Thing[], nameOf: (thing: Thing) => string): Thing[] {
  const kept = new Map<string, Thing>();
  for (const thing of all) {
    const key = nameOf(thing).toLowerCase();
    if (key !== "" && !kept.has(key)) kept.set(key, thing);
  }
  return [...kept.values()];
}
