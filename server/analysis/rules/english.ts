import { askScore, ASKS_FROM } from "./asks.ts";
import { readDecision, readFact } from "./english-facts.ts";
import { imperatives } from "./imperative.ts";
import { ANYONE, AUTHOR, LISTENER, type Reading, type Who } from "./reading.ts";
import { baseOfGerund, baseOfParticiple, isActionVerb } from "./verbs.ts";

/**
 * What an English sentence does in a conversation, or null where it only talks.
 * @param isListed it is an entry of a list of things to do: a command there needs no further sign
 */
export function readEnglish(plain: string, isListed: boolean): Reading | null {
  // "Please send it to me so that I can pay": who asks does not promise.
  const isAsked = /\b(?:please|pls|plz)\b|\b(?:can|could|would|will) you\b/iu.test(plain);
  return (
    readDecision(plain) ??
    readAnswer(plain) ??
    (isAsked ? readRequest(plain, isListed) : null) ??
    readCommitment(plain) ??
    (isAsked ? null : readRequest(plain, isListed)) ??
    readFact(plain) ??
    readQuestion(plain)
  );
}

const NAME = "(?:@\\w+|\\p{Lu}[\\p{L}'-]+)";
const NOT_NAMES =
  /^(?:I|We|You|It|He|She|They|The|This|That|These|Those|There|What|Who|When|Where|How|Why|Which|Can|Could|Will|Would|Should|Everyone|Everybody|Someone|Somebody|Anyone|Anybody|Nobody|All|Team|Folks|Guys|People|Also|And|But|So|Or|If|Then|Now|Just|Maybe|Please|Not|No|Yes|Ok|Okay|Hey|Hi|Hello|Thanks|Sorry|Today|Tomorrow|Tonight|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Note|Update|Reminder|Todo|TODO|FYI|Idea|Question|Problem|Risk|Decision|Requirement|Suggestion|Proposal|Issue|Bug|Task|Action|Item|Info|Warning|Step|Steps|Try|Otherwise|Going|Starting|For|In|On|At|To|As|Of|With|From|After|Before|While|Since|Because|Although|However|Therefore|Perhaps|Once|Until|Unless|Per|Re|By|My|Your|Our|His|Her|Their|Its|Both|Each|Every|Any|Some|Many|Most|Other|Another|Here|Again|Still|Only|Even|Very|Really|Actually|Great|Good|Sure|Right|Well|Oh|Wow|Cool|Nice|Perfect|Done|Mom|Dad|Sir|Madam|Being|Having|Do|Does|Did|Are|Is|Was|Were|Has|Had|Must|May|Might|January|February|March|April|May|June|July|August|September|October|November|December|Let|Need|Have|Going|Time|Next|First|Second)$/u;
const PEOPLE = `(?<who>you(?: guys| all| two| both)?|u|someone(?: else)?(?: (?:from|in|on|at) (?:the )?\\p{L}+)?|somebody|anyone|anybody|one of (?:you|us)|we|${NAME})`;
const SOFT =
  "(?:(?:please|pls|also|just|maybe|perhaps|possibly|quickly|kindly|then|really|still|all|both|probably|definitely|already|finally|first) )*";

/** "what you should remember" asks for nothing. */
const NOT_IN_CLAUSE =
  "(?<!\\b(?:what|that|which|if|how|who|where|when|as|than|everything|anything|all|things?|because) )";

/** Forms of asking, clearest first. `vp`: what is to be done. */
const FORMS: { pattern: RegExp; sureness: number; kind?: "idea" }[] = [
  { pattern: /^(?:idea|suggestion|proposal)\s*:\s*(?<vp>.+)/iu, sureness: 0.6, kind: "idea" },
  { pattern: new RegExp(`^(?<who>${NAME})(?: and ${NAME})? to (?<vp>.+)`, "u"), sureness: 0.85 },
  {
    pattern: new RegExp(
      `\\b(?:[Cc]an|[Cc]ould|[Ww]ould|[Ww]ill|[Cc]an't|[Cc]ouldn't|[Ww]on't) ${PEOPLE} ${SOFT}(?:be able to |be willing to |manage to |be so kind (?:as )?to )?(?<vp>.+)`,
      "u",
    ),
    sureness: 0.85,
  },
  { pattern: /\b(?:are|would) you (?:be )?(?:able|willing|available|free) to (?<vp>.+)/iu, sureness: 0.7 },
  {
    pattern: new RegExp(`\\b(?:need|want|like|love|ask|asking|expect|remind|get) ${PEOPLE} to ${SOFT}(?<vp>.+)`, "u"),
    sureness: 0.85,
  },
  { pattern: /\b(?:don't forget to|do not forget to|remember to|be sure to|please try to) (?<vp>.+)/iu, sureness: 0.8 },
  { pattern: /\b(?<who>remind me|note to self:?)(?: to)? (?<vp>.+)/iu, sureness: 0.75 },
  {
    pattern: new RegExp(
      `\\b(?:suggest|recommend|propose|advise)(?: that)?(?: ${PEOPLE})?(?: should)?(?: to)? (?<vp>.+)`,
      "u",
    ),
    sureness: 0.55,
    kind: "idea",
  },
  { pattern: /\b(?:would|do) you mind (?<gerund>\p{L}+ing)\b(?<rest>.*)/iu, sureness: 0.85 },
  {
    pattern: new RegExp(
      `\\b(?:great|good|nice|helpful|lovely|cool|best|better|appreciate it|grateful|wondering|wondered|any chance|possible) (?:if |that )?${PEOPLE} (?:can |could |would |might )?${SOFT}(?<vp>.+)`,
      "u",
    ),
    sureness: 0.75,
  },
  { pattern: /\bwhy (?:don't|not) (?<who>you|someone|we)? ?(?<vp>.+)/iu, sureness: 0.6, kind: "idea" },
  {
    pattern: /\blet (?:me|us) know (?=(?:by|if|when|which|whether|what|who|where|how|asap|your|the)\b)(?<know>.+)/iu,
    sureness: 0.5,
  },
  {
    pattern:
      /\b(?:can|could|may|might) (?:I|we) (?:please |maybe )?(?:get|have|see|borrow) (?<thing>(?:your|the|a|an|some|more|another|all|these|those|that|this|any)\b .+)/iu,
    sureness: 0.6,
  },
  {
    pattern:
      /\b(?:I|we) (?:really |still |also |urgently |just |would |will |'ll )*need (?<thing>(?:your|the|a|an|some|more|another|new|all|these|those|two|three|four|\d+)\b .+)/iu,
    sureness: 0.5,
  },
  {
    pattern:
      /\b(?:I|we)(?:'d| would) (?:really |also |still )?(?:like|love) to (?<vp>(?:discuss|meet|talk|speak|schedule|set up|arrange|review|go over|see|have|get|hear)\b.+)/iu,
    sureness: 0.45,
    kind: "idea",
  },
  { pattern: /\b(?:is it|would it be) possible (?:for you |for someone )?to (?<vp>.+)/iu, sureness: 0.7 },
  {
    pattern: new RegExp(
      `${NOT_IN_CLAUSE}\\b${PEOPLE} ${SOFT}(?:needs? to|ha(?:ve|s) (?:got )?to|must|gotta|had better|(?:is|are) (?:supposed|expected) to) ${SOFT}(?<vp>.+)`,
      "u",
    ),
    sureness: 0.7,
  },
  {
    pattern: new RegExp(
      `${NOT_IN_CLAUSE}\\b${PEOPLE} ${SOFT}(?:should|ought to|may want to|might want to) ${SOFT}(?<vp>.+)`,
      "u",
    ),
    sureness: 0.55,
    kind: "idea",
  },
  {
    pattern:
      /^(?:all|every|each|the|our) (?:\p{L}+ ){1,3}(?:must|needs? to|ha(?:ve|s) to|(?:is|are) required to) (?<vp>(?!support|include|contain|run|fit|work|handle|allow|provide).+)/iu,
    sureness: 0.55,
  },
  {
    pattern:
      /(?:^|[,.:;] |\b(?:and|so|but|ok|okay|yes|maybe) )(?:let's|lets|let us|shall we|why don't we|should we|could we|can we|we could|maybe we can|what if we) (?:please |also |just |maybe |then )*(?<vp>.+)/iu,
    sureness: 0.5,
    kind: "idea",
  },
  {
    pattern:
      /^(?:(?:so|then|ok|or|and|maybe|perhaps|yes),? )*we (?:can|could) (?<vp>(?:meet|discuss|talk|try|use|move|get together|set up|go over|catch up)\b.+)/iu,
    sureness: 0.4,
    kind: "idea",
  },
  { pattern: /\b(?:how|what) about (?<gerund>\p{L}+ing)\b(?<rest>.*)/iu, sureness: 0.45, kind: "idea" },
];

function readRequest(plain: string, isListed: boolean): Reading | null {
  const labelled = /^(?:todo|to-do|to do|action item|action|task)\s*[:—-]\s*(?<rest>.+)/iu.exec(plain)?.groups?.rest;
  if (labelled) {
    const reading = readRequest(labelled, true);
    return reading && { ...reading, sureness: 0.9 };
  }
  const score = askScore(plain);
  for (const { pattern, sureness, kind } of FORMS) {
    const groups = pattern.exec(plain)?.groups;
    if (!groups) continue;
    // "Should we take A or B?" asks for an opinion.
    if (kind && / or /u.test(plain) && /\?\W*$/u.test(plain)) return null;
    const who = whoOf(groups.who);
    const action = actionOf(groups);
    if (!who || !isDoable(action, sureness >= SURE_FORM)) continue;
    return { kind: kind ?? "request", action, who, sureness: surer(sureness, score) };
  }
  return readPassive(plain, score) ?? readCommand(plain, isListed ? ASKS_FROM : score);
}

/** "The permit needs to be renewed by Friday", "the door needs fixing". */
function readPassive(plain: string, score: number): Reading | null {
  const match =
    /^(?<np>(?:\S+ ){0,8}?\S+) (?:still )?(?:needs? to|must|should|ha(?:s|ve) to|(?:is|are) to) be (?<part>\p{L}+)(?<rest>.*)/iu.exec(
      plain,
    ) ?? /^(?<np>(?:\S+ ){0,8}?\S+) (?:still )?needs? (?<ing>\p{L}+ing)\b(?<rest>.*)/iu.exec(plain);
  const { np = "", part, ing, rest = "" } = match?.groups ?? {};
  const verb = part ? baseOfParticiple(part.toLowerCase()) : ing ? baseOfGerund(ing.toLowerCase()) : undefined;
  const thing = np.replace(/^(?:(?:and|but|so|also|btw|ok|okay|hey|reminder|note|fyi|again|please)[,:]? )+/iu, "");
  if (
    !verb ||
    /^(?:I|we|you|he|she|they|who|what|which|there|if)\b/iu.test(thing) ||
    /\b(?:if|when|that|who|which)\b/iu.test(thing)
  )
    return null;
  return { kind: "request", action: `${verb} ${lowerFirst(thing)}${rest}`, who: ANYONE, sureness: surer(0.65, score) };
}

/** Commands: "Renew the permit", "Nora, please renew the permit", "when you are back, call Timo". */
function readCommand(plain: string, score: number): Reading | null {
  if (score < ASKS_FROM) return null;
  const bare = plain
    .replace(/(?<=(?:^|\s)(?:\p{Lu}[\p{L}'-]+|@\w+)),?\s+(?:[Pp]lease|pls|plz)\b,?/gu, ",")
    .replace(/(,?)\s*\b(?:please|pls|plz|kindly)\b,?/giu, "$1")
    .trim();
  const command = imperatives(bare).find(({ start, isSure }) => isSure && isDoable(bare.slice(start)));
  if (!command) return null;
  const isPolite = bare !== plain;
  const lead = bare.slice(0, command.start);
  const name = new RegExp(`(?<name>${NAME})\\s*[,:–—-]?\\s*(?:(?:also|then|just|so|and),?\\s*)*$`, "u").exec(lead)
    ?.groups?.name;
  const who = (name && whoOf(name)) || LISTENER;
  return {
    kind: "request",
    action: bare.slice(command.start),
    who,
    sureness: surer(isPolite || name ? 0.75 : 0.55, score),
  };
}

/** What people promise: "I'll send it by Friday", "on it", "Timo will call them". */
function readCommitment(plain: string): Reading | null {
  const promise =
    /(?:^|[,.:;!–—-] ?|\b(?:and|so|but|then|ok|okay|yes|sure|yep|yeah|fine|then|while|maybe) )(?:I'll|I will|I'm going to|I am going to|I'm gonna|I shall|let me|I(?: still)? (?:need|have) to|I must|I should|(?:I'm |I am |I'd be )?(?:happy|glad) to|I(?:'m planning| plan) to|I'll try to|I promise to|I want to) (?:also |just |then |try to |definitely |quickly |please |happily |gladly |probably |maybe )*(?<vp>.+)/iu.exec(
      plain,
    ) ??
    /^(?:(?:ok(?:ay)?|yes|sure|yep|yeah|fine|and|then|maybe)[,.!]? )*(?:I can|I could) (?<vp>.+)/iu.exec(plain) ??
    /^(?:will|gonna|going to) (?<vp>.+)/iu.exec(plain);
  if (promise?.groups?.vp) {
    const action = promise.groups.vp;
    if (/\?\s*$/u.test(plain) && !/\bI'll\b|\bI will\b/u.test(plain)) return null;
    if (POINTS_BACK.test(action)) return { kind: "commitment", action: pointed(action), who: AUTHOR, sureness: 0.8 };
    const isFirm = /\bI'll\b|\bI will\b|^will\b|going to|promise/iu.test(
      promise[0].slice(0, promise[0].length - action.length),
    );
    return isDoable(action) && !IDLE.test(action)
      ? { kind: "commitment", action, who: AUTHOR, sureness: isFirm ? 0.75 : 0.55 }
      : null;
  }
  const other = new RegExp(
    `(?:^|[,.;] )(?<who>${NAME}) (?:will|'ll|is going to|promised to|has agreed to|agreed to) ${SOFT}(?<vp>.+)`,
    "u",
  ).exec(plain)?.groups;
  const who = whoOf(other?.who);
  return other?.vp && who?.type === "named" && isDoable(other.vp)
    ? { kind: "commitment", action: other.vp, who, sureness: 0.65 }
    : null;
}

/** "Yes", "done", "I can't": what they mean stands before them. Longer sentences say it themselves. */
function readAnswer(plain: string): Reading | null {
  const isShort = plain.split(" ").length <= 7;
  const answer = (kind: "agreement" | "refusal" | "done" | "commitment"): Reading => ({
    kind,
    action: "",
    who: AUTHOR,
    sureness: 0.7,
  });
  if (
    (/^(?:ok(?:ay)?,? |yes,? |yep,? |sure,? |yeah,? |fine,? |cool,? |great,? )*(?:will do|on it|i'm on (?:it|that)|i can do (?:that|it)|consider it done|leave (?:it|that) (?:to|with) me|mine|i will|i'll|i can|me|i got (?:this|it)|i'?ve got (?:this|it)|i take (?:it|that)|taking (?:it|that|this)|i'll (?:do|take|handle|manage) (?:it|that|this|that one|this one)|dibs)(?:[.!]*$|,? (?:by|before|until|today|tomorrow|tonight|right|now|then|on \p{L}+day|this|next|asap|later|soon|first)\b.*)/iu.test(
      plain,
    ) &&
      isShort) ||
    isDoingIt(plain)
  ) {
    return {
      ...answer("commitment"),
      action:
        /\b(?:by|before|until|tomorrow|today|tonight|on \p{L}+day|this week|next week)\b.*$/iu.exec(plain)?.[0] ?? "",
    };
  }
  if (
    /^(?:(?:yes|ok|hey),? )*(?:done\b(?! deal)|sent\b|fixed\b|finished\b|it's done|all done|already (?:did|done|sent|fixed)|just (?:did|sent|fixed|pushed|finished)|i (?:already|just) (?:did|sent|fixed|pushed|booked|renewed|paid|ordered|finished)|✅)/iu.test(
      plain,
    ) &&
    isShort
  )
    return answer("done");
  if (
    /^(?:(?:sorry|no|hm+|oh|but),? )*(?:(?:i can't|i cannot|i won't|can't)(?: (?:do|make|take|manage|help|today|tomorrow|this week|right now|sorry)\b.*)?|i'm afraid not|not possible|no way|no time)[.!]*$/iu.test(
      plain,
    )
  )
    return answer("refusal");
  if (
    /^(?:yes|yep|yeah|yup|sure|ok|okay|k|agree|agreed|\+1|👍|👌|✅|sounds (?:good|great|fine|like a plan)|fine (?:with|by|for) me|works for me|deal|makes sense|perfect|great|good (?:idea|plan|call)|i agree|let's do (?:it|that)|let's go[.!]*$|absolutely|of course|exactly|same here|me too|in favou?r|no objections?|lgtm|all right|alright|cool|nice)\b|^\+1|^👍|^✅/iu.test(
      plain,
    ) &&
    isShort &&
    !plain.includes("?")
  )
    return answer("agreement");
  return null;
}

/** "reviewing now", "looking". */
function isDoingIt(plain: string): boolean {
  const gerund =
    /^(?:i'm |i am )?(?<gerund>\p{L}+ing)(?: (?:it|that|this|into it|into this|at it|now|already|right now|on it))*[.!]*$/iu.exec(
      plain,
    )?.groups?.gerund;
  return gerund !== undefined && baseOfGerund(gerund.toLowerCase()) !== undefined;
}

/** A question that wants an answer, not a deed. */
function readQuestion(plain: string): Reading | null {
  const words = plain.split(" ").length;
  if (!/\?\W*$/u.test(plain) || words < 4 || SMALL_TALK.test(plain)) return null;
  const asks =
    /(?:^|[,.:;–—-] |\b(?:and|so|but|also|btw) )(?:what|when|where|who|whose|how|which|why|is|are|was|were|do|does|did|has|have|had|can|could|should|will|would|any|anyone|anybody)\b/iu.test(
      plain,
    );
  return { kind: "question", action: plain, who: ANYONE, sureness: asks ? 0.6 : 0.4 };
}

function whoOf(written: string | undefined): Who | null {
  if (!written) return ANYONE;
  if (/^(?:remind me|note to self)/iu.test(written)) return AUTHOR;
  if (/^(?:you|u)\b/iu.test(written)) return LISTENER;
  if (/^(?:someone|somebody|anyone|anybody|one of|we)\b/iu.test(written)) return ANYONE;
  return NOT_NAMES.test(written) ? null : { type: "named", name: written };
}

/** Whether the words name a deed: a verb of doing, and not one of the phrases that only sound like a task. */
function isDoable(action: string, isSureForm = false): boolean {
  const verb = /^(?:not |don't |do not |never |also |just |quickly |please |all |both )*(?<verb>\p{L}[\p{L}-]*)/iu
    .exec(action)
    ?.groups?.verb?.toLowerCase();
  if (verb === undefined || HOLLOW.test(action)) return false;
  return isActionVerb(verb) || (isSureForm && !NO_DEED.test(verb) && !isActionVerb(verb.replace(/(?:s|ing|ed)$/u, "")));
}

/** In "can you …" and "please …" the next word is a verb, known or not; these are none that say a deed. */
const SURE_FORM = 0.8;
const NO_DEED =
  /^(?:be|been|have|had|believe|imagine|like|love|hate|want|need|afford|seem|exist|even|ever|not|only|still|really|too|so|the|a|an|this|that|it|he|she|they|we|you|i|in|on|at|to|of|for|and|or|but|if|with|from|by|as|there|here|more|some|any|all|no|yes|please)$/u;

/** Commands and questions that ask for nothing that could be written down as a task. */
const HOLLOW =
  /^(?:let (?:me|us|you|him|her|them) (?:know(?: what you think| how (?:it|that|you|things)| if (?:you (?:need|have|want|are interested|ever)|there|anything|that's|this is)| when you(?:'re| are) (?:back|done|there)|\W*$)|think|see|guess|get back)|let (?:it|that)|tell me (?:about|what|why|how|if|when|more)|feel (?:free|like)|worry|hesitate|have (?:a|an|fun|you|any|to be)|take care|take (?:a |your )?(?:break|time|seat|nap)|stay|be (?!ready|on time|careful|there)|keep (?:in mind|going|calm|up|me|us|you|it up|posted)|enjoy|see (?:you|ya|what|how|if|that|the point|why)|look forward|look (?:good|great|nice|like|so)|guess|imagine|believe|think (?:so|that|it|i|we|he|she|you|of)|hold on|hang on|hang in|come on|go ahead|go for it|trust|forget (?:it|about it|that)|never mind|mind|wait|listen|stop (?:it|worrying)|sleep|help yourself|expect|know|hear|feel|forgive|excuse|pardon|thank|relax|cheer|guess|give (?:me|us) a (?:sec|second|minute|moment)|say (?:that|hi|hello|it|so|what)|get (?:well|it|there|home|that|used|better|to|the point|any|rid of me)|understand|remember (?:that|when|the time|me|how)|recall|note that|hope|check this out|notice|try (?:it|that|to)? ?$|do (?:you|we|they)\b|do (?:so|it|that|this)? ?[.!?]*$|read (?:this|that) ?[.!?]*$|make (?:sense|it|up|any sense)|turn out|happen|come (?:to|from|back)? ?[.!?]*$|go ?[.!?]*$|live|die|love|like)\b/iu;

/** Things said with "I will" that nobody writes down. */
const IDLE =
  /^(?:be|see|have|wait|stay|sleep|go|come|leave|let|keep|know|think|feel|miss|love|remember|never|not|say|tell you|live|check in|meet you|talk|speak|hear|join|need|want|take (?:a|the day|some))\b/iu;

/** "I'll do it by Friday": the deed stands in an earlier message, the day here. */
const POINTS_BACK =
  /^(?:do|take|handle|manage|sort|fix|get|look at|look into|check|have|grab|pick|deal with|take care of)(?: up)? (?:it|that|this|them|those|that one|this one|care of (?:it|that|this))\b/iu;

function pointed(action: string): string {
  return action.replace(POINTS_BACK, "").trim();
}

const SMALL_TALK =
  /\b(?:how are you|how's it going|how is it going|what's up|how was|how were|right\?|ok\?|okay\?|isn't it|aren't we|you know\?|really\?|lunch|coffee|beer|drinks?|weather|believe|imagine|kidding|joking|seriously|who knows|why not|guess what|remember|wtf|lol|haha)/iu;

/** What is to be done, from the parts that a form found. */
function actionOf({ vp, gerund, rest = "", know, thing }: Record<string, string | undefined>): string {
  if (gerund) return fromGerund(gerund, rest);
  if (know) return `let me know ${know}`;
  if (thing) return `get me ${thing}`;
  return (vp ?? "").replace(/^(?:go ahead and|please|be so kind as to) /iu, "");
}

/** A clear wording counts, and so does how much else in the sentence asks. */
function surer(base: number, score: number): number {
  const more = score >= ASKS_FROM + 1.5 ? 0.1 : score < ASKS_FROM - 1 ? -0.15 : 0;
  return Math.min(0.95, Math.max(0.2, base + more));
}

function fromGerund(gerund: string, rest: string): string {
  const verb = baseOfGerund(gerund.toLowerCase());
  return verb ? `${verb}${rest}` : "";
}

function lowerFirst(text: string): string {
  return /^(?:The|A|An|Our|My|Your|This|That|These|Those|All|Some|Every|Each|Both|New|Old|His|Her|Their)\b/u.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}
