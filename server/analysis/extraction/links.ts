import type { WindowMessage } from "#server/messages/index.ts";
import type { CheckedQuote, ProposalDetails } from "#server/proposals/schema.ts";

import type { KnownAtom } from "../context/given.ts";
import { oneLine } from "./clean.ts";
import type { FoundProposal } from "./found.ts";
import { checkedQuote } from "./quotes.ts";

/** What an answer can link to. */
export type Targets = {
  /** The other proposals of the answer, by the labels that it gave them. */
  proposals: ReadonlyMap<string, { id: string; title: string }>;
  /** Approved facts, by the labels that the prompt gave them. */
  atoms: ReadonlyMap<string, KnownAtom>;
};

export type CheckedLinks = Pick<ProposalDetails, "links" | "retires"> & {
  /** The words that say so, checked. */
  evidence: CheckedQuote[];
  dropped: number;
};

const MOST_LINKS = 12;

/**
 * The links that lead somewhere. A quote of a link that does not stand in its message takes the link with it. A note is only retired
 * by a fact that contradicts it in words that stand in the batch.
 * @param self the id of the proposal that links
 */
export function checkedLinks(
  found: Pick<FoundProposal, "kind" | "links">,
  { self, hasEvidence }: { self: string; hasEvidence: boolean },
  messages: ReadonlyMap<string, WindowMessage>,
  targets: Targets,
): CheckedLinks {
  const links = new Map<string, ProposalDetails["links"][number]>();
  const evidence: CheckedQuote[] = [];
  let retires: ProposalDetails["retires"] = null;
  let dropped = 0;
  for (const { relation, to, quote } of (found.links ?? []).slice(0, MOST_LINKS)) {
    const atom = targets.atoms.get(to);
    const proposal = targets.proposals.get(to);
    const isContradiction = relation === "contradicts";
    if ((!atom && !proposal) || proposal?.id === self || (isContradiction && found.kind !== "atom")) continue;
    const checked = quote && quote.text.trim() !== "" ? checkedQuote(quote, messages) : null;
    if (quote && quote.text.trim() !== "" && !checked) {
      dropped += 1;
      continue;
    }
    if (isContradiction && atom && !checked && !hasEvidence) continue;
    if (checked) evidence.push(checked);
    const target = atom
      ? { type: "note" as const, id: atom.noteId, title: atom.title }
      : { type: "proposal" as const, id: proposal!.id, title: proposal!.title };
    links.set(`${relation} ${target.id}`, {
      relation,
      to: { type: target.type, id: target.id },
      title: oneLine(target.title, 200),
    });
    if (isContradiction && atom) retires ??= { noteId: atom.noteId, title: oneLine(atom.title, 300) };
  }
  return { links: [...links.values()], retires, evidence, dropped };
}
