import type { NewProposal } from "#server/proposals/schema.ts";

import { oneLine } from "./clean.ts";
import type { FoundProposal } from "./found.ts";
import { fold } from "./people.ts";
import type { ExtractInput } from "./prompt.ts";

type Known = Pick<ExtractInput, "topics" | "atoms" | "earlier">;
type Advice = NonNullable<NewProposal["recommendation"]>;

/**
 * What to do with a proposal. An answer that would merge or update has to name something that there is; what has the title of a
 * known topic, or of something found before in the run, is known whatever the answer says.
 */
export function adviceOf(
  found: FoundProposal,
  title: string,
  { topics = [], atoms = [], earlier = [] }: Known,
): Advice {
  const { action, of, why } = found.recommendation ?? { action: "new", of: null, why: "" };
  const reason = oneLine(why, 200);
  const name = fold(title);
  const topic =
    found.kind === "topic"
      ? topics.find((each) => [each.name, ...each.aliases].some((known) => fold(known) === name))
      : null;
  if (topic) {
    const known = new Set([topic.name, ...topic.aliases].map(fold));
    const isMore = (found.aliases ?? []).some((alias) => alias.trim() !== "" && !known.has(fold(alias)));
    return { action: isMore ? "update" : "merge", why: `There is a topic “${oneLine(topic.name, 80)}” already.` };
  }
  if (earlier.some((each) => fold(each) === name)) {
    return { action: "merge", why: "It was found in another part of this run too." };
  }
  if (action === "reject") return { action, why: reason || null };
  if (action === "new") return { action, why: null };
  const things = new Map<string, string>([
    ...atoms.map((atom, at) => [`a${at + 1}`, atom.title] as const),
    ...topics.map((each, at) => [`t${at + 1}`, each.name] as const),
    ...earlier.map((each, at) => [`f${at + 1}`, each] as const),
  ]);
  const thing = things.get(of ?? "");
  if (thing === undefined) return { action: "new", why: null };
  const words = action === "merge" ? "The same as" : "It adds to";
  return { action, why: `${words} “${oneLine(thing, 120)}”${reason === "" ? "." : `: ${reason}`}` };
}
