import * as english from "chrono-node/en";
import * as russian from "chrono-node/ru";

/** A calendar day (yyyy-mm-dd) and the words that name it, with the "by" before them. Offsets into the text given. */
export type Due = { date: string; start: number; end: number };

type Day = { year: number; month: number; day: number };

/**
 * The day by which something is to be done, as a text says it: "by Friday", "before 1 December", "до пятницы".
 * Past days and spans that only began ("since Monday") are none.
 * @param sentAt when it was said: "Friday" is the next one from there, in `timeZone`
 */
export function findDue(text: string, { sentAt, timeZone }: { sentAt: Date; timeZone: string }): Due | null {
  if (!HINT.test(text)) return null;
  const today = dayIn(sentAt, timeZone);
  // The wall clock of the space, read as if it were UTC: the parser then counts days as people there do.
  const instant = new Date(Date.UTC(today.year, today.month - 1, today.day, 12));
  const parser = /\p{Script=Cyrillic}/u.test(text) ? russianDates : englishDates;
  const found = parser.parse(text, { instant, timezone: 0 }, { forwardDate: true }).flatMap((result) => {
    const before = PREPOSITION.exec(text.slice(0, result.index))?.[0] ?? "";
    const word = result.text.trim();
    if (/^(?:['’]s|-\p{L})/u.test(text.slice(result.index + result.text.length))) return [];
    if (PAST.test(text.slice(0, result.index)) || PAST.test(word) || NOT_A_DATE.test(word)) return [];
    const components = result.end ?? result.start;
    const [year, month, day] = (["year", "month", "day"] as const).map((part) => components.get(part));
    if (!year || !month || !day || year > today.year + 3) return [];
    const date = isoDay({ year, month, day });
    if (date < isoDay(today)) return [];
    const isDeadline = DEADLINE.test(before) || /^(?:by|before|until|till|до|к)\s/iu.test(word);
    // A bare hour is a day only where something is due then.
    const hasDay = (["day", "weekday", "month"] as const).some((part) => components.isCertain(part));
    if (!hasDay && !isDeadline) return [];
    return [
      {
        date,
        start: result.index - before.length,
        end: result.index + result.text.replace(/[\s,;:]+$/u, "").length,
        isDeadline,
      },
    ];
  });
  const best = found.find((due) => due.isDeadline) ?? found[0];
  return best ? { date: best.date, start: best.start, end: best.end } : null;
}

/** The calendar day in a time zone, yyyy-mm-dd. */
export function isoDayIn(instant: Date, timeZone: string): string {
  return isoDay(dayIn(instant, timeZone));
}

/** A quick no for most sentences: the parsers are thorough, not fast. */
const HINT =
  /\d(?:st|nd|rd|th)\b|\d[./-]\d|\b(?:by|before|until|till|on|до|к)\s+\d|\d\s?(?:am|pm)\b|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:today|tonight|tomorrow|tmrw|eod|eow|cob|week|weekend|month|noon|midnight|days|weeks|morning|afternoon|evening)\b|\b(?:jan|feb|apr|jun|jul|aug|sep|sept|oct|nov|dec)\b|\b(?:january|february|april|june|july|august|september|october|november|december)\b|\b(?:by|before|until|in|of|\d+\.?) (?:march|may)\b|\b(?:march|may) \d|понедельник|вторник|сред[уыае]|четверг|пятниц|суббот|воскресень|сегодня|завтра|недел|месяц|вечер|утр|январ|феврал|март|апрел|(?<!\p{L})ма[яй](?!\p{L})|июн|июл|август|сентябр|октябр|ноябр|декабр|конц[ау] дня|через \d|выходны/iu;
const PREPOSITION =
  /(?:\b(?:by|before|until|till|due(?: on| by)?|no later than|not later than|latest(?: by)?|deadline(?: is)?:?|on|for|at|this)|(?<!\p{L})(?:до|к|ко|не позднее|не позже|в|во|на))\s+(?:the\s+)?$/iu;
const DEADLINE = /by|before|until|till|due|later|latest|deadline|до|к|ко|не поз/iu;
const PAST =
  /(?:\b(?:to|last|since|from|past|previous|after|yesterday|ago)|(?<!\p{L})(?:с|со|после|прошл\p{L}+|вчера|назад))\s*$|\bago\b|^(?:last|past|previous|yesterday)\b|назад$/iu;
/** What the parser takes for a month, a weekday or a moment and people rarely mean as one. */
const NOT_A_DATE =
  /^(?:now|may|march|sun|sat|this sat|this sun|mar|second|сейчас)$|\b(?:min|mins|minutes?|seconds?|hours?)$|(?:минут|час|секунд)\p{L}*$/u;

const englishDates = english.casual.clone();
englishDates.parsers.unshift(
  dayRule(/\b(?:(?:the\s+)?end of (?:the|this) (?:work(?:ing)? )?week|eow|this week)\b/iu, (today) =>
    fridayOf(today, 0),
  ),
  dayRule(/\b(?:(?:the\s+)?end of next week|next week)\b/iu, (today) => fridayOf(today, 7)),
  dayRule(/\b(?:by|before) the weekend\b/iu, (today) => fridayOf(today, 0)),
  dayRule(/\b(?:(?:the\s+)?end of (?:the |this )?(?:day|business)|eod|cob)\b/iu, (today) => today),
  dayRule(
    /\b(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)\b(?!\s+(?:of\s+)?\p{L}*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))/iu,
    nextDayOfMonth,
  ),
  dayRule(/\b(?:by|before|until|till|on)\s+(\d{1,2})\.(\d{1,2})\.?(?![\d.])/iu, dayAndMonth),
);
const russianDates = russian.casual.clone();
russianDates.parsers.unshift(
  dayRule(/(?<!\p{L})конц[ау] (?:этой )?недели/iu, (today) => fridayOf(today, 0)),
  dayRule(/(?<!\p{L})(?:конц[ау] следующей недели|(?:на )?следующ(?:ей неделе|ую неделю))/iu, (today) =>
    fridayOf(today, 7),
  ),
  dayRule(/(?<!\p{L})конц[ау] дня/iu, (today) => today),
  dayRule(/(?<!\p{L})до выходных/iu, (today) => fridayOf(today, 0)),
  dayRule(/(?<!\p{L})(понедельник|вторник|сред|четверг|пятниц|суббот|воскресень)\p{L}*/iu, (today, [, name = ""]) =>
    shifted(today, ((RUSSIAN_DAYS.indexOf(name.toLowerCase()) - weekday(today) + 6) % 7) + 1),
  ),
  dayRule(/(?<!\p{L})(?:до|к|на)\s+(\d{1,2})\.(\d{1,2})\.?(?![\d.])/iu, dayAndMonth),
);
const RUSSIAN_DAYS = ["воскресень", "понедельник", "вторник", "сред", "четверг", "пятниц", "суббот"];

/** A rule of ours beside the parser's: the words, and the day they mean from a given day on. */
function dayRule(pattern: RegExp, meaning: (today: Day, match: RegExpMatchArray) => Day | null): english.Parser {
  return {
    pattern: () => pattern,
    extract: ({ refDate }, match) =>
      meaning({ year: refDate.getUTCFullYear(), month: refDate.getUTCMonth() + 1, day: refDate.getUTCDate() }, match),
  };
}

function fridayOf(today: Day, plusDays: number): Day {
  return shifted(today, ((5 - weekday(today) + 7) % 7) + plusDays);
}

function nextDayOfMonth(today: Day, [, text]: RegExpMatchArray): Day | null {
  const day = Number(text);
  if (day < 1 || day > 31) return null;
  const isNextMonth = day < today.day;
  const at = new Date(Date.UTC(today.year, today.month - (isNextMonth ? 0 : 1), day));
  return at.getUTCDate() === day ? { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day } : null;
}

function dayAndMonth(today: Day, [, dayText, monthText]: RegExpMatchArray): Day | null {
  const day = Number(dayText);
  const month = Number(monthText);
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  const isNextYear = month < today.month || (month === today.month && day < today.day);
  return { year: today.year + (isNextYear ? 1 : 0), month, day };
}

function shifted({ year, month, day }: Day, days: number): Day {
  const at = new Date(Date.UTC(year, month - 1, day + days));
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
}

function weekday({ year, month, day }: Day): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

function dayIn(instant: Date, timeZone: string): Day {
  const parts = clockOf(timeZone).formatToParts(instant);
  const part = (type: "year" | "month" | "day") => Number(parts.find((found) => found.type === type)?.value);
  return { year: part("year"), month: part("month"), day: part("day") };
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** One formatter a zone, kept: making one costs more than a whole batch of messages. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-GB", { timeZone, year: "numeric", month: "numeric", day: "numeric" });
    clocks.set(timeZone, clock);
  }
  return clock;
}

function isoDay({ year, month, day }: Day): string {
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
