import type { FileChange, Kb, KbTree } from "#server/kb/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { splitNote } from "../front-matter.ts";

/**
 * The notes that lead to files which get another path, leading there: by links of their text, and by what their front matter says of other notes.
 * @param given.mention what all the old paths have in common: notes without it are not read
 * @param given.own texts that are written in the same commit; they are followed in place of what stands in the tree
 */
export async function followMoves(
  ctx: Ctx,
  kb: Kb,
  tree: KbTree,
  given: { moves: ReadonlyMap<string, string>; mention: string; own: ReadonlyMap<string, string> },
): Promise<FileChange[]> {
  const { moves, mention, own } = given;
  const { rows: linking } = await ctx.db.pool.query<{ path: string }>(
    `select path from notes
      where kb_id = $1 and (position('](/' || $2 in body) > 0 or position('/' || $2 in front_matter::text) > 0)`,
    [kb.id, mention],
  );
  const others = linking.filter(({ path }) => !moves.has(path) && !own.has(path));
  const changed = await Promise.all(
    others.map(async ({ path }): Promise<FileChange[]> => {
      const text = await tree.read(path);
      if (text === null) return [];
      const followed = withMoves(text, moves);
      return followed === text ? [] : [{ path, content: followed }];
    }),
  );
  return changed.flat();
}

/** A note whose links lead to where the files are now. */
export function withMoves(text: string, moves: ReadonlyMap<string, string>): string {
  const { body } = splitNote(text);
  let front = text.slice(0, text.length - body.length);
  let below = body;
  for (const [from, to] of moves) {
    below = below.replaceAll(`](/${from})`, `](/${to})`).replaceAll(`](/${from}#`, `](/${to}#`);
    // A path ends where YAML goes on with something else.
    front = front
      .split(`/${from}`)
      .reduce((all, rest) => all + (/^[\s"',}\]#]|^$/.test(rest) ? `/${to}` : `/${from}`) + rest);
  }
  return front + below;
}
