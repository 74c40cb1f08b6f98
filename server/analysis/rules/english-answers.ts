import { beginsWith } from "./english-words.ts";
import { AUTHOR, type Reading } from "./reading.ts";
import { baseOfGerund } from "./verbs.ts";

/** An answer longer than this says by itself what it means. */
const MOST_WORDS = 7;

/** "Yes", "done", "on it", "I can't": what they mean stands before them. */
export function readAnswer(plain: string): Reading | null {
  if (plain.split(" ").length > MOST_WORDS) return null;
  const bare = plain.replace(OPENING, "");
  const answer = (kind: Reading["kind"], action = ""): Reading => ({ kind, action, who: AUTHOR, sureness: 0.7 });
  if (TAKES_IT.test(bare) || isDoingIt(bare)) return answer("commitment", DAY.exec(plain)?.[0]);
  if (DONE.test(bare)) return answer("done");
  if (REFUSES.test(plain)) return answer("refusal");
  // "Yes, I'll file it tomorrow" promises more than a yes.
  const isMore = plain.includes("?") || /\bI(?:'ll| will|'m going to| am going to)\b/iu.test(plain);
  return AGREES.test(plain) && !isMore ? answer("agreement") : null;
}

/** "reviewing now", "looking". */
function isDoingIt(bare: string): boolean {
  const gerund =
    /^(?:i'm |i am )?(?<gerund>\p{L}+ing)(?: (?:it|that|this|into it|into this|at it|now|already|right now|on it))*[.!]*$/iu.exec(
      bare,
    )?.groups?.gerund;
  return gerund !== undefined && baseOfGerund(gerund.toLowerCase()) !== undefined;
}

const OPENING = /^(?:(?:ok(?:ay)?|yes|yep|sure|yeah|fine|cool|great|hey)(?:[,.!]+ ?| ))+/iu;
const DAY = /\b(?:by|before|until|tomorrow|today|tonight|on \p{L}+day|this week|next week)\b.*$/iu;

const TAKES_IT = beginsWith(
  `
  will do
  (?:i'm )?on (?:it|that)
  i can do (?:that|it)
  consider it done
  leave (?:it|that) (?:to|with) me
  mine|me|dibs
  i will|i'll|i can
  i(?:'?ve)? got (?:this|it)
  i (?:can )?take (?:it|that)
  taking (?:it|that|this)
  i'll (?:do|take|handle|manage) (?:it|that one|this one|that|this)
`,
  "(?:$|[,.!]|,? (?:by|before|until|today|tomorrow|tonight|right|now|then|on \\p{L}+day|this|next|asap|later|soon|first)\\b.*)",
);

const DONE = beginsWith(
  `
  done(?! deal)
  sent|fixed|finished
  it's done|all done
  already (?:did|done|sent|fixed)
  just (?:did|sent|fixed|pushed|finished)
  i (?:already |just )?(?:did|sent|fixed|pushed|booked|renewed|paid|ordered|finished)
  (?:rolled back|deployed|merged|released|restarted|paid|booked|ordered|uploaded|cleaned up|cancelled|renewed)(?=[,.!]|$| (?:it|them|now|already|today|just now))
  ✅
`,
  "(?!\\p{L})",
);

const REFUSES =
  /^(?:(?:sorry|no|hm+|oh|but)(?:[,.!]+ ?| ))*(?:(?:i can't|i cannot|i won't|can't)(?: (?:do|make|take|manage|help|today|tomorrow|this week|right now|sorry)\b.*)?|i'm afraid not|not possible|no way|no time)[.!]*$/iu;

const AGREES = beginsWith(
  `
  yes|yep|yeah|yup|sure|ok|okay|k
  agree|agreed|i agree
  \\+1|👍|👌|✅
  sounds (?:good|great|fine|like a plan)
  (?:fine|ok|good) (?:with|by|for) me
  works for me
  deal|makes sense|perfect|great|absolutely|of course|exactly
  good (?:idea|plan|call)
  let's do (?:it|that)
  let's go[.!]*$
  same here|me too|in favou?r|no objections?|lgtm|all right|alright|cool|nice|love it
`,
  "(?![\\p{L}\\d])",
);
