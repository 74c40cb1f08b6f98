import { ANYONE, AUTHOR, LISTENER, type Reading, type Who } from "./reading.ts";
import { infinitiveOfCommand, infinitiveOfPromise, infinitiveOfProposal, isInfinitive } from "./russian-verbs.ts";

/** What a Russian sentence does in a conversation, or null where it only talks. Reasonable, not thorough: rules without grammar. */
export function readRussian(plain: string): Reading | null {
  return (
    readAnswer(plain) ??
    readDecision(plain) ??
    readRequest(plain) ??
    readCommitment(plain) ??
    readFact(plain) ??
    readQuestion(plain)
  );
}

/** JavaScript's \b knows no Cyrillic letters. */
const words = (alternatives: string) => new RegExp(`(?<!\\p{L})(?:${alternatives})(?!\\p{L})`, "iu");
const NAME = "(?:@\\w+|\\p{Lu}[\\p{L}-]+)";
const SOFT =
  /^(?:(?:пожалуйста|плиз|плз|ещё|еще|тоже|также|просто|быстро|сегодня|завтра|нам|вам|мне|тебе|бы|ли|там|и),?\s+)+/iu;

function readRequest(plain: string): Reading | null {
  const isPolite = words("пожалуйста|плиз|плз|прошу|просьба").test(plain);
  const asked =
    /(?<!\p{L})(?:можешь|можете|сможешь|сможете|мог(?:ла|ли)? бы(?: ты| вы)?|не мог(?:ла|ли)? бы(?: ты| вы)?|прошу(?: тебя| вас)?|просьба|не забудь(?:те)?|попрошу)(?:\s+ли)?,?\s+(?<rest>.+)/iu.exec(
      plain,
    )?.groups?.rest ??
    /(?<!\p{L})(?:кто-нибудь|кто-то|кто) (?:может|сможет|мог бы|готов)\s+(?<rest>.+)/iu.exec(plain)?.groups?.rest;
  if (asked) {
    const action = fromInfinitive(asked);
    if (action)
      return { kind: "request", action, who: spokenTo(plain, /кто/iu.test(plain) ? ANYONE : LISTENER), sureness: 0.85 };
  }

  const together = readTogether(plain);
  if (together) return together;
  const named = new RegExp(`^(?<who>${NAME}),?\\s+(?<rest>.+)`, "u").exec(plain)?.groups;
  const needed =
    /(?:^|(?<!\p{L}))(?:надо|нужно|необходимо|следует|стоит|пора|давайте|давай|предлагаю|должны|должен|должна)\s+(?:бы\s+|будет\s+)?(?<rest>.+)/iu.exec(
      plain,
    );
  if (needed?.groups?.rest && !/\?\s*$/u.test(plain)) {
    const action = fromInfinitive(needed.groups.rest);
    const isIdea = /давай|предлагаю|стоит/iu.test(needed[0]);
    if (action)
      return {
        kind: isIdea ? "idea" : "request",
        action,
        who: needer(plain.slice(0, needed.index)),
        sureness: isIdea ? 0.5 : 0.7,
      };
  }

  // A command: at the start, after a name, after "пожалуйста".
  const bare = plain
    .replace(/,?\s*(?<!\p{L})(?:пожалуйста|плиз|плз)(?!\p{L}),?/giu, " ")
    .replace(/\s+/gu, " ")
    .trim();
  const rest =
    named && !infinitiveOfCommand(named.who ?? "") ? bare.replace(new RegExp(`^${NAME},?\\s*`, "u"), "") : bare;
  const match = /^(?:(?:и|а|но|ну|тогда|срочно|ребята|коллеги),?\s+)*(?<verb>\p{L}+)(?<after>.*)/iu.exec(rest)?.groups;
  const infinitive = infinitiveOfCommand(match?.verb ?? "");
  if (!infinitive) return null;
  return {
    kind: "request",
    action: `${infinitive}${match?.after ?? ""}`,
    who: spokenTo(plain, LISTENER),
    sureness: isPolite || named ? 0.85 : 0.65,
  };
}

/** "Давайте перенесём релиз", "Может, возьмём подрядчика?" */
function readTogether(plain: string): Reading | null {
  const { verb = "", after = "" } =
    /^(?:(?:ну|и|а|тогда|ок|коллеги|ребята),? )*(?:давай(?:те)?|может(?: быть)?|предлагаю),? (?:мы |тогда |просто |лучше )*(?<verb>\p{L}+)(?<after>.*)/iu.exec(
      plain,
    )?.groups ?? {};
  const infinitive = infinitiveOfProposal(verb);
  return infinitive ? { kind: "idea", action: `${infinitive}${after}`, who: ANYONE, sureness: 0.5 } : null;
}

function readCommitment(plain: string): Reading | null {
  const isAsked = /\?\s*$/u.test(plain);
  const match =
    /^(?:(?:да|ок|окей|хорошо|ладно|ага|конечно|давай|тогда|ну|и|а),?\s+)*(?:я\s+)?(?:(?:завтра|сегодня|сейчас|вечером|утром|сам|сама|это|его|её|ее|тогда|постараюсь|могу|смогу|буду|готов|готова|планирую)\s+)*(?<verb>\p{L}+)(?<after>.*)/iu.exec(
      plain,
    );
  const { verb = "", after = "" } = match?.groups ?? {};
  const lead = match?.[0].slice(0, match[0].length - verb.length - after.length) ?? "";
  const infinitive =
    infinitiveOfPromise(verb) ??
    (/(?:постараюсь|могу|смогу|готов|готова|планирую)\s+$/iu.test(lead) && isInfinitive(verb) ? verb : undefined);
  if (!infinitive || isAsked) return null;
  const pointsBack =
    /^(?:взять|сделать|заняться|разобраться|помочь)$/u.test(infinitive) &&
    /^(?:\s+(?:это|этим|на себя|его|её|ее))*[\s.!]*(?:(?:до|к|ко|завтра|сегодня|в|на)(?!\p{L}).*)?$/iu.test(after);
  return {
    kind: "commitment",
    action: pointsBack
      ? (/(?<!\p{L})(?:до|к|ко|завтра|сегодня|в|на) .*$|(?:завтра|сегодня).*$/iu.exec(lead + after)?.[0] ?? "")
      : `${infinitive}${after}`,
    who: AUTHOR,
    sureness: 0.75,
  };
}

function readDecision(plain: string): Reading | null {
  if (/\?\s*$/u.test(plain)) return null;
  const what =
    /(?:^|(?<!\p{L}))(?:(?:мы\s+)?(?:договорились|решили|порешали|постановили|остановились|выбрали|условились)|решено|решение|итого|утвердили)(?:,?\s*(?:что|так)?\s*[:—–-]|,?\s+)\s*(?<what>.+)/iu.exec(
      plain,
    )?.groups?.what;
  return what && what.split(" ").length >= 2
    ? { kind: "decision", action: what.replace(/^что\s+/iu, ""), who: ANYONE, sureness: 0.85 }
    : null;
}

function readFact(plain: string): Reading | null {
  if (/\?\s*$/u.test(plain) || plain.split(" ").length < 2) return null;
  const fact = FACTS.find(({ pattern }) => pattern.test(plain));
  return fact && !words("починил[аи]?|исправил[аи]?|заработал[аои]?|решил[аи] проблему").test(plain)
    ? { kind: fact.kind, action: plain, who: ANYONE, sureness: 0.6 }
    : null;
}

const FACTS: { kind: Reading["kind"]; pattern: RegExp }[] = [
  { kind: "solution", pattern: words("решение в том|помогл[ои]|причина (?:в|была)|дело было в|оказалось,? что") },
  {
    kind: "blocker",
    pattern: words(
      "заблокирован[аоы]?|блокирует|блокер|не можем продолжить|жд[её]м (?:ответа|доступ\\p{L}*|решени\\p{L}*)|застрял[аи]?",
    ),
  },
  {
    kind: "risk",
    pattern: words("риск(?:и|уем)?|боюсь,? что|можем не успеть|не успеваем|не успеем|истекает|заканчивается"),
  },
  {
    kind: "problem",
    pattern: words(
      "не работа(?:ет|ют)|не открыва(?:ет|ют)ся|не загружа(?:ет|ют)ся|не запускается|сломал(?:ся|ась|ось|и|сь)|пада(?:ет|ют)|упал[аои]?|ошибк\\p{L}*|баг\\p{L}*|не могу (?:войти|зайти|открыть|найти|подключиться)|глюч(?:ит|ат)|тормоз(?:ит|ят)",
    ),
  },
  {
    kind: "requirement",
    pattern: words("обязательно (?:нужн[оаы]|должн[оаы])|требует(?:ся)?|клиент хочет|заказчик хочет"),
  },
];

function readAnswer(plain: string): Reading | null {
  if (plain.split(" ").length > 6 || plain.includes("?")) return null;
  const answer = (kind: Reading["kind"]): Reading => ({ kind, action: "", who: AUTHOR, sureness: 0.7 });
  if (
    /^(?:(?:да|ок|хорошо|ладно),? )?(?:готово|сделал[аи]?|отправил[аи]?|исправил[аи]?|починил[аи]?|уже (?:сделал|отправил|исправил)[аи]?)(?!\p{L})/iu.test(
      plain,
    )
  )
    return answer("done");
  if (
    /^(?:(?:нет|извини(?:те)?|прости(?:те)?|увы|к сожалению),? )*(?:не могу|не смогу|не успею|не получится|нет,? не)(?!\p{L})/iu.test(
      plain,
    )
  )
    return answer("refusal");
  if (
    /^(?:(?:да|ок|хорошо|ладно|ага),? )?(?:беру|взял[а]?|на мне|займусь|будет сделано|я возьму|(?:уже |сейчас )?(?:смотрю|гляжу|делаю|проверяю|разбираюсь|занимаюсь|чиню))(?: (?:это|на себя|уже|сейчас))?[.!]*$/iu.test(
      plain,
    )
  )
    return answer("commitment");
  if (
    /^(?:да|ок|окей|хорошо|ладно|ага|согласен|согласна|согласны|за|поддерживаю|договорились|давай(?:те)?|отлично|супер|годится|идёт|идет|принято|\+1|\+|👍)[\s.!,]*(?:$|\p{L}+[\s.!]*$)/iu.test(
      plain,
    )
  )
    return answer("agreement");
  return null;
}

function readQuestion(plain: string): Reading | null {
  if (
    !/\?\W*$/u.test(plain) ||
    plain.split(" ").length < 3 ||
    words("как дела|правда|серьёзно|серьезно|да ладно|обед|кофе|пиво").test(plain)
  )
    return null;
  return { kind: "question", action: plain, who: ANYONE, sureness: 0.6 };
}

/** The words from the infinitive on; null where none comes soon. */
function fromInfinitive(rest: string): string | null {
  const bare = rest.replace(SOFT, "").replace(SOFT, "");
  const parts = bare.split(" ");
  const at = parts.slice(0, 4).findIndex((word) => isInfinitive(word.replace(/[,.!?]+$/u, "")));
  if (at !== -1) return parts.slice(at).join(" ");
  const command = infinitiveOfCommand(parts[0]?.replace(/[,.!?]+$/u, "") ?? "");
  return command ? [command, ...parts.slice(1)].join(" ") : null;
}

/** "Нора, …", "@nora …": who is spoken to by name, else whoever was meant. */
function spokenTo(plain: string, otherwise: Who): Who {
  const name = new RegExp(
    `^(?:(?:Привет|Слушай),?\\s+)?(?<name>${NAME})(?:,|\\s+(?=мож|смож|пожалуйста))|^(?<at>@\\w+)\\s`,
    "u",
  ).exec(plain)?.groups;
  const written = name?.name ?? name?.at;
  return written &&
    !infinitiveOfCommand(written) &&
    !/^(?:Коллеги|Ребята|Народ|Всем|Можешь|Можете|Кто|Надо|Нужно|Да|Ок)$/u.test(written)
    ? { type: "named", name: written }
    : otherwise;
}

/** "Ивану надо …": the name before "надо"; else nobody in particular. */
function needer(before: string): Who {
  const name = new RegExp(`(?<name>${NAME})\\s*$`, "u").exec(before.trim())?.groups?.name;
  if (/(?<!\p{L})мне\s*$/iu.test(before)) return AUTHOR;
  return name &&
    before.trim().split(" ").length <= 2 &&
    !/^(?:Нам|Вам|Ещё|Еще|Но|А|И|Там|Тогда|Всем|Завтра|Сегодня)$/u.test(name)
    ? { type: "named", name }
    : ANYONE;
}
