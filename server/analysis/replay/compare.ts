import type { ProposalKind } from "#prisma/enums.ts";

import { likeness } from "../learning/likeness.ts";

/** Where something was said, as UTF-16 offsets into a message at a revision. */
type Quote = { messageId: string; revision: number; start: number; end: number };
type Thing = { kind: ProposalKind; title: string; quotes: Quote[] };

/** What people decided on: `useful` was approved or merged; `open` is not decided yet. */
export type Decided = Thing & {
  id: string;
  verdict: "useful" | "rejected" | "open";
  /** The proposal that it was merged into: whoever finds one of the two has found both. */
  mergedIntoId: string | null;
};

export type Comparison<Known extends Decided, Found extends Thing> = {
  /** What was of use, each with what was found of it; null where it was not. Merged ones stand under what they were merged into. */
  useful: Array<{ decided: Known; found: Found | null }>;
  rejectedAgain: Array<{ decided: Known; found: Found }>;
  openAgain: Array<{ decided: Known; found: Found }>;
  /** Like nothing that anybody decided on. */
  extra: Found[];
  /** Found more than once, the first left out. */
  repeated: number;
};

/** Titles that share as many of their letters in threes say the same. */
const ALIKE = 0.6;

/**
 * Holds what a replay found against what people decided: the same where both quote the same words of a message for the same kind of
 * thing, or where their titles are alike. Of several that fit, the one that fits best.
 */
export function compare<Known extends Decided, Found extends Thing>(
  decided: Known[],
  found: Found[],
): Comparison<Known, Found> {
  const rootOf = roots(decided);
  const matched = new Map<string, Found>();
  const extra: Found[] = [];
  let repeated = 0;
  for (const each of found) {
    const [best] = decided
      .map((one) => ({ one, fit: fitOf(one, each) }))
      .filter(({ fit }) => fit > 0)
      .toSorted((a, b) => b.fit - a.fit || rank(a.one) - rank(b.one));
    if (!best) extra.push(each);
    else {
      const root = rootOf(best.one);
      if (matched.has(root)) repeated += 1;
      else matched.set(root, each);
    }
  }
  const heads = decided.filter((one) => rootOf(one) === one.id);
  const again = (verdict: Decided["verdict"]) =>
    heads
      .filter((one) => one.verdict === verdict)
      .flatMap((one) => {
        const it = matched.get(one.id);
        return it ? [{ decided: one, found: it }] : [];
      });
  return {
    useful: heads
      .filter(({ verdict }) => verdict === "useful")
      .map((one) => ({ decided: one, found: matched.get(one.id) ?? null })),
    rejectedAgain: again("rejected"),
    openAgain: again("open"),
    extra,
    repeated,
  };
}

/** How well two things fit, 0 where they are not the same. */
function fitOf(a: Thing, b: Thing): number {
  const alike = likeness(a.title, b.title);
  const quotesSame = a.quotes.some((one) => b.quotes.some((other) => overlap(one, other)));
  if (quotesSame && a.kind === b.kind) return 2 + alike;
  if (alike < ALIKE) return 0;
  // Of two things of one name, the one that was said in the same place.
  return alike + Number(quotesSame);
}

/** An edited message has other offsets: there the message has to do. */
function overlap(a: Quote, b: Quote): boolean {
  if (a.messageId !== b.messageId) return false;
  return a.revision !== b.revision || (a.start < b.end && b.start < a.end);
}

/** A finder of what a proposal was merged into in the end, as far as that is among those given. */
function roots(decided: Decided[]): (one: Decided) => string {
  const byId = new Map(decided.map((one) => [one.id, one]));
  return (one) => {
    let root = one;
    const seen = new Set([one.id]);
    for (;;) {
      const next = root.mergedIntoId === null ? undefined : byId.get(root.mergedIntoId);
      if (!next || seen.has(next.id)) return root.id;
      seen.add(next.id);
      root = next;
    }
  };
}

const rank = ({ verdict }: Decided) => ["useful", "open", "rejected"].indexOf(verdict);
