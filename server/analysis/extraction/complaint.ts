import { checkEvidence } from "./evidence.ts";
import type { FoundProposal } from "./found.ts";
import type { ExtractInput } from "./prompt.ts";

/** So many faults are told: whoever made more makes them in one way. */
const MOST_TOLD = 8;
/** What is behind them is not kept either. */
const MOST_LOOKED_AT = 60;
const MOST_CLAIMS = 24;

/**
 * What is wrong with an answer of the right shape, for whoever gave it to put right: quotes that stand nowhere, and ids that do not
 * exist. Null where nothing is. It names places in the answer and never words of it, for those may be anybody's.
 */
export function complaintAbout({ proposals }: { proposals: FoundProposal[] }, input: ExtractInput): string | null {
  const messages = new Map(input.messages.map((message) => [message.label, message]));
  const looked = proposals.slice(0, MOST_LOOKED_AT);
  const linkable = new Set([...looked.flatMap(({ id }) => id ?? []), ...labels("a", input.atoms)]);
  const known = new Set([...linkable, ...labels("t", input.topics), ...labels("f", input.earlier)]);

  const faults = looked.flatMap((proposal, at) => {
    const place = `proposals[${at}]`;
    const links = (proposal.links ?? []).slice(0, MOST_CLAIMS);
    const claims = [
      ...proposal.quotes.slice(0, MOST_CLAIMS).map((quote, index) => ({ quote, place: `${place}.quotes[${index}]` })),
      ...links.flatMap(({ quote }, index) => (quote ? [{ quote, place: `${place}.links[${index}].quote` }] : [])),
    ];
    const of = proposal.recommendation?.of;
    return [
      ...claims.flatMap((claim) => {
        const message = messages.get(claim.quote.message);
        if (!message) return [`${claim.place} names no message of <messages>`];
        return checkEvidence(message, claim.quote.text)
          ? []
          : [`the text of ${claim.place} does not stand in message ${message.label}`];
      }),
      ...links.flatMap(({ to }, index) =>
        linkable.has(to) ? [] : [`${place}.links[${index}].to names no proposal of the answer and no fact`],
      ),
      ...(of && !known.has(of) ? [`${place}.recommendation.of names nothing that is known`] : []),
    ];
  });
  if (faults.length === 0) return null;
  const more = faults.length > MOST_TOLD ? `; and ${faults.length - MOST_TOLD} more` : "";
  return `${faults.slice(0, MOST_TOLD).join("; ")}${more}. Quote words exactly as they stand in one message of <messages>, and name only ids that are there.`;
}

function labels(letter: string, things: readonly unknown[] = []): string[] {
  return things.map((_, at) => `${letter}${at + 1}`);
}
