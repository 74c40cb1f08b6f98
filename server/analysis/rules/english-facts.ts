import { ANYONE, type Reading } from "./reading.ts";

/** What was decided: "we decided to …", "let's go with …", "agreed: …". */
export function readDecision(plain: string): Reading | null {
  if (/\?\W*$/u.test(plain)) return null;
  for (const { pattern, sureness } of DECISIONS) {
    const what = pattern.exec(plain)?.groups?.what;
    if (what && what.split(" ").length >= 2) return { kind: "decision", action: what, who: ANYONE, sureness };
  }
  return null;
}

/** What is the case and matters: something broken, in the way, feared, required or solved. */
export function readFact(plain: string): Reading | null {
  if (/\?\W*$/u.test(plain) || plain.split(" ").length < 3) return null;
  const fact = FACTS.find(({ pattern, unless }) => pattern.test(plain) && !unless?.test(plain));
  return fact ? { kind: fact.kind, action: plain, who: ANYONE, sureness: fact.sureness } : null;
}

const DECISIONS: { pattern: RegExp; sureness: number }[] = [
  {
    pattern:
      /^(?:ok,? |okay,? |so,? )?(?:agreed|decision|decided|final decision|conclusion|resolved|it's official)\s*(?::|—|–| -)\s*(?<what>.+)/iu,
    sureness: 0.9,
  },
  {
    pattern:
      /\b(?:we|the team|they|everyone|the board|management)(?:'ve| have)?(?: all| just| now| finally)? (?:decided|agreed|voted|resolved)(?: with(?: the)? \p{L}+)?(?: (?:together|finally|today|yesterday|in the (?:meeting|call)))* (?<what>(?:not )?(?:to|on|that|for|against|in favou?r of) .+)/iu,
    sureness: 0.9,
  },
  {
    pattern:
      /\b(?:we|the team|they)(?:'ve| have)?(?: just| now| finally)? (?<what>(?:chose|chosen|picked|settled on|settled for|went with) .+)/iu,
    sureness: 0.8,
  },
  {
    pattern:
      /\b(?:we're|we are|we'll|we will) (?<what>(?:going with|going for|going to (?:go with|use|stick with|stay with)|go with|go for|stick with|stay with|sticking with|keeping|dropping|moving to|switching to|postponing) .+)/iu,
    sureness: 0.75,
  },
  { pattern: /\bthe (?:final )?decision (?:is|was)(?: made)?:? (?<what>(?:to |that )?.+)/iu, sureness: 0.85 },
  { pattern: /\bit(?:'s| is| was) (?:decided|settled|agreed)(?: now)?(?:,|:| that)? (?<what>.+)/iu, sureness: 0.8 },
  {
    pattern:
      /(?:^|[,.:;!] |\b(?:then|so|ok|okay|yes) )let's (?<what>(?:go (?:with|for)|stick (?:with|to)|stay with|settle on|agree on) .+)/iu,
    sureness: 0.65,
  },
  { pattern: /^(?:then |so |ok,? )?(?:it's|it is|that's) (?<what>.+ (?:it is|then))[.!]*$/iu, sureness: 0.4 },
];

const FIXED =
  /\b(?:fixed|solved|resolved|works again|working again|no longer|was (?:broken|down)|not a problem|no problem|no errors?|never mind|if (?:it|that|something|anything)|in case|hope|lol|haha)\b/iu;

const FACTS: { kind: Reading["kind"]; pattern: RegExp; sureness: number; unless?: RegExp }[] = [
  { kind: "risk", sureness: 0.85, pattern: /^(?:new |known |big |another )*risks?\s*:/iu },
  { kind: "blocker", sureness: 0.85, pattern: /^(?:new |known |big |another )*(?:blockers?|blocked)\s*:/iu },
  { kind: "problem", sureness: 0.85, pattern: /^(?:new |known |big |another )*(?:problem|issue|bug|incident)\s*:/iu },
  {
    kind: "requirement",
    sureness: 0.85,
    pattern: /^(?:new )?requirements?(?: (?:from|of|by)(?: the)?(?: \p{L}+){1,3})?\s*:/iu,
  },
  { kind: "solution", sureness: 0.85, pattern: /^(?:solution|fix|workaround|root cause)\s*:/iu },
  {
    kind: "insight",
    sureness: 0.75,
    pattern:
      /^(?:insight|lessons? learn(?:ed|t)|til|good to know|key finding)\b|\b(?:we (?:have )?learn(?:ed|t) that|lesson learn(?:ed|t)|note for (?:the )?(?:future|next time))\b/iu,
  },
  {
    kind: "solution",
    sureness: 0.65,
    pattern:
      /\b(?:the (?:fix|solution|workaround|trick|answer) (?:is|was)|(?:fixed|solved|resolved) (?:it |this |that |the \p{L}+ )?by|(?:works|worked) (?:again )?(?:after|once|if you)|helps? to restart|root cause (?:is|was))\b/iu,
  },
  {
    kind: "solution",
    sureness: 0.6,
    // "Cleaning it brought the engine down 4 degrees."
    pattern:
      /^(?!(?:during|according|regarding|considering|following)\b)\p{L}+ing (?:it|them|that|this|the|our|an?)\b(?!.*\b(?:we|i|they|he|she|didn't|not|hasn't)\b).*\b(?:brought|fixed|solved|cured|helped|did the trick|stopped|reduced)\b/iu,
  },
  {
    kind: "blocker",
    sureness: 0.7,
    pattern:
      /\b(?:blocked (?:by|on|until)|is blocking|blocks? (?:us|me|the|our)|blocker|(?:i'm|i am|we're|we are|still) (?:stuck|waiting (?:for|on))|can't (?:continue|proceed|start|go on|move on|deploy|release|ship)|cannot (?:continue|proceed|start|deploy|release|ship))\b/iu,
    unless: FIXED,
  },
  {
    kind: "risk",
    sureness: 0.6,
    pattern:
      /\b(?:risk(?:s|y)?(?: is| that| of)?|(?:might|may|could) (?:slip|fail|break|be late|be delayed|run out|not (?:make|work|arrive|be ready|hold))|i(?:'m| am) (?:worried|afraid|concerned) (?:that|about|we|the)|won't (?:make|be ready|arrive|hold)|runs? out (?:on|in|by|of)|expires? (?:on|in|next|this|soon|tomorrow)|single point of failure)\b/iu,
    unless: FIXED,
  },
  {
    kind: "problem",
    sureness: 0.65,
    pattern:
      /\b(?:(?:is|are|'s|seems?|looks?)(?: \p{L}+)? (?:broken|down|failing|crashing|stuck|unreachable|offline|leaking|corrupted?|wrong|missing|too slow|very slow|slow|out of (?:stock|memory|disk|date))|(?:doesn't|does not|don't|do not|didn't|did not|won't|not|isn't) (?:work(?:ing)?|load(?:ing)?|start(?:ing)?|open(?:ing)?|respond(?:ing)?|print(?:ing)?|sav(?:e|ing)|sync(?:ing)?|arriv(?:e|ed)|match)\b|keeps? (?:failing|crashing|breaking|dropping|losing)|(?:fails?|failed|crashes|crashed|broke|breaks|stopped working|times? out|timed out|lost (?:all|the|our))\b|throws? (?:an? )?(?:error|exception)|(?:drops|loses|hangs|freezes|leaks|swallows|duplicates|overheats)\b|(?:an?|the same|this|that|getting|gets|see|seeing|with) (?:\S+ ){0,2}(?:error|bug|exception|stack ?trace|5\d\d|404)\b|can't (?:log ?in|connect|open|find|reach|access|upload|print|see)|customers? (?:complain|report))/iu,
    unless: FIXED,
  },
  {
    kind: "requirement",
    sureness: 0.55,
    pattern:
      /\b(?:is (?:required|mandatory|a must|a requirement)|are (?:required|mandatory)|requires? (?:that|an?|the|at least|us)|must (?:support|work|have|be able|not|include|contain|run|fit)|has to (?:support|work|include|run|fit)|(?:the )?(?:client|customer|harbour|authority|law|insurance|auditor)s? (?:wants?|requires?|insists?|demands?|expects?))\b/iu,
  },
  {
    kind: "pattern",
    sureness: 0.6,
    pattern: /^(?:the|our|every|each) .*\b(?:whenever|every time|each time)\b/iu,
  },
  {
    // A cause: what was learned, not yet what helps.
    kind: "insight",
    sureness: 0.55,
    pattern: /\b(?:turned out (?:to be|that|it|the)|(?:^|\bit )turns out)\b/iu,
  },
];
