import type { Ctx } from "#server/lib/ctx.ts";

import type { Counts } from "./matches.ts";

/** A value to filter by, with what people call it and how many of the found notes have it. */
type Facet = Array<{ value: string; label: string; count: number }>;
export type Facets = Record<"types" | "topics" | "tags" | "authors" | "trust", Facet> & { stale: number };

/** Counts with names: topics have one, and so do the people whom sources name in one word. */
export async function facetsOf(ctx: Ctx, spaceId: string, counts: Counts): Promise<Facets> {
  const names = await namesOf(ctx, spaceId, {
    slugs: counts.topics.map(({ value }) => value),
    refs: counts.authors.map(({ value }) => value),
  });
  const named = (facet: Counts["types"]): Facet =>
    facet.map((each) => ({ ...each, label: names.get(each.value) ?? each.value }));
  const { types, topics, tags, authors, trust, stale } = counts;
  const plain = (facet: Counts["types"]): Facet => facet.map((each) => ({ ...each, label: each.value }));
  return {
    ...{ types: plain(types), tags: plain(tags), trust: plain(trust) },
    ...{ topics: named(topics), authors: named(authors), stale },
  };
}

async function namesOf(
  ctx: Ctx,
  spaceId: string,
  { slugs, refs }: { slugs: readonly string[]; refs: readonly string[] },
): Promise<Map<string, string>> {
  if (slugs.length + refs.length === 0) return new Map();
  const { rows } = await ctx.db.pool.query<{ value: string; name: string }>(
    `select slug as value, name from topics where space_id = $1 and slug = any($2)
      union all
     select r.ref, c.display_name
       from unnest($3::text[]) as r (ref)
       join contributors c on c.space_id = $1 and c.external_id = substring(r.ref from '^(?:human|bot):(?:tg|web)-(.+)$')
        and c.channel = (case when r.ref ~ ':tg-' then 'telegram' else 'web' end)::"Channel"`,
    [spaceId, slugs, refs],
  );
  return new Map(rows.map(({ value, name }) => [value, name]));
}
