/** Is this the base form of a verb that people use to say what is to be done? */
export function isActionVerb(word: string): boolean {
  return VERBS.has(word);
}

/** As often a noun as a verb at the start of a line ("Update from Timo", "Test results"): needs more than its position. */
export function isAlsoNoun(word: string): boolean {
  return ALSO_NOUNS.has(word);
}

/** The base form behind a participle ("renewed" → "renew", "sent" → "send"), or undefined where it is none we know. */
export function baseOfParticiple(word: string): string | undefined {
  return PARTICIPLES.get(word);
}

/** The base form behind a gerund ("fixing" → "fix"), or undefined where it is none we know. */
export function baseOfGerund(word: string): string | undefined {
  return GERUNDS.get(word);
}

const VERBS = new Set(
  `accept access acknowledge act activate add address adjust advise agree aim align allocate allow amend analyse analyze announce
  answer apologise apologize append apply appoint approve archive arrange ask assemble assess assign assist attach attend audit
  authorise authorize avoid back backup be beware bill block book borrow bring browse budget build buy calculate call cancel capture
  carry catch change charge chase chat check choose clarify clean clear click close collect come comment commit compare compile
  complete compute configure confirm connect consider consult contact contribute convert convince coordinate copy correct count
  cover create cut debug decide decline decrease dedicate define delay delegate delete deliver demonstrate deploy describe design
  determine develop dial disable discard disconnect discontinue discuss dispatch distribute do document double-check download draft draw drive
  drop duplicate dm earn edit educate elaborate eliminate email e-mail e:mail emphasize empty enable encourage end enjoy enroll ensure enter
  erase escalate establish estimate evaluate examine exchange exclude execute expand expect expedite explain explore export extend
  extract face facilitate familiarize follow-up fax feed feel fetch figure file fill finalise finalize find finish fix flag focus follow forget format
  forward freeze gather generate get give go google grab grant guess handle hang have head hear help hire hit hold host identify
  ignore implement import improve include increase inform initiate inquire insert inspect install instruct integrate interview
  introduce investigate invite invoice issue join keep kick know label launch lead learn leave lend let limit link list listen load
  locate lock log login look lower mail maintain make manage map mark measure meet mention merge message migrate mind mix mock modify
  monitor mount move name negotiate note notify obtain offer open optimise optimize order organise organize outline pack paint park
  participate pass paste patch pause pay phone pick ping place plan play plug post postpone practice practise prepare present press prevent
  print prioritise prioritize proceed process procure produce promote proofread propose protect prove provide publish pull purchase
  push put qualify query question quote raise reach react read rebase reboot rebuild recall recheck recommend reconcile reconsider
  record recover recruit recycle redo reduce refactor refer refine refresh refund register reinstall reject relax release reload
  relocate remember remind remove rename renew rent reopen reorder repair repeat replace reply report reproduce request rerun
  reschedule research reserve reset resize resolve respond restart restore restrict resend resubmit retain rethink retrieve retry return reuse revert review
  revise revisit rewrite ring roll rotate route run save say scan schedule scroll search secure see select sell send separate serve set
  setup settle share ship shorten show shut sign simplify sit skip sleep solve sort speak specify split stand start state stay stick stop
  store submit subscribe suggest summarise summarize supply support swap switch sync tag take talk tap teach tell terminate test text
  think throw tidy tie track train transfer translate transmit treat try turn type unblock uninstall unlock unsubscribe unplug update upgrade
  calibrate seal grease hoist lubricate mop oil polish refuel repaint sharpen sweep tighten tow weld
  upload use validate verify view visit vote wait walk warn wash watch water wipe work write`.split(/\s+/u),
);

const ALSO_NOUNS = new Set(
  `access act address aim answer back backup bill block book budget build call catch cause change charge chase chat check comment
  copy count cover cut delay design document double draft draw drive drop email e-mail end estimate exchange export face fax feed
  file fix flag focus form format forward function guess hand head help hold host import increase interview invite invoice issue
  join kick label lead limit link list load lock log login look lower mail map mark matter measure message mind mix mock monitor
  mount move name note offer open order outline pack paint park pass paste patch pause pay phone pick ping place plan play plug
  post practice present press print process promise promote pull purchase push query question quote raise reach read record
  refund release rent repair repeat reply report request research reserve reset return review ring roll rotate route run save
  say scan schedule scroll search set setup share ship show sign sleep sort spread stand start state stay stop store supply
  support swap switch sync tag talk tap test text tie track train transfer treat try turn type update upgrade upload use view
  visit vote wait walk wash watch water wipe work`.split(/\s+/u),
);

const IRREGULAR: Readonly<Record<string, string>> = {
  be: "been", bring: "brought", build: "built", buy: "bought", catch: "caught", choose: "chosen", cut: "cut", do: "done",
  draw: "drawn", drive: "driven", feed: "fed", find: "found", forget: "forgotten", freeze: "frozen", get: "gotten", give: "given",
  hear: "heard", hit: "hit", hold: "held", keep: "kept", know: "known", lead: "led", leave: "left", lend: "lent", let: "let",
  make: "made", meet: "met", pay: "paid", put: "put", read: "read", rebuild: "rebuilt", redo: "redone", rerun: "rerun",
  rethink: "rethought", rewrite: "rewritten", ring: "rung", run: "run", say: "said", see: "seen", sell: "sold", send: "sent",
  set: "set", show: "shown", shut: "shut", speak: "spoken", split: "split", stick: "stuck", take: "taken", teach: "taught",
  tell: "told", think: "thought", throw: "thrown", tie: "tied", write: "written",
}; // prettier-ignore

const DOUBLING = new Set(
  `begin commit cancel cut drop flag get grab hit log map plan plug put refer run set ship shut skip split stop submit swap tag
  tap transfer transmit`.split(/\s+/u),
);

const PARTICIPLES = new Map(
  [...VERBS].flatMap((verb): [string, string][] => {
    const irregular = IRREGULAR[verb];
    if (irregular) return [[irregular, verb]];
    if (verb.endsWith("e")) return [[`${verb}d`, verb]];
    if (/[^aeiou]y$/u.test(verb)) return [[`${verb.slice(0, -1)}ied`, verb]];
    if (DOUBLING.has(verb))
      return [
        [`${verb}${verb.at(-1)}ed`, verb],
        [`${verb}ed`, verb],
      ];
    return [[`${verb}ed`, verb]];
  }),
);

const GERUNDS = new Map(
  [...VERBS].flatMap((verb): [string, string][] => {
    if (/[^e]e$/u.test(verb)) return [[`${verb.slice(0, -1)}ing`, verb]];
    return DOUBLING.has(verb) ? [[`${verb}${verb.at(-1)}ing`, verb]] : [[`${verb}ing`, verb]];
  }),
);
