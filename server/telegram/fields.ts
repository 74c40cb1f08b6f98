// Updates are read as what they are: JSON from outside, where any field may be missing, null or of another type.

export type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Fields = {};

/** An object's fields; none where the value is no object. */
export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : NOTHING;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The same text as Postgres can hold it: without NUL and half surrogate pairs, one unit for one unit. */
export function storable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

/** An id of Telegram's, a whole number, as text. */
export function idOf(value: unknown): string | undefined {
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** A moment that Telegram gives in seconds since 1970. */
export function momentOf(value: unknown): Date | undefined {
  const isMoment = typeof value === "number" && value >= 0 && value <= LAST_SECOND;
  return isMoment ? new Date(value * 1000) : undefined;
}
/** The end of the year 9999. */
const LAST_SECOND = 253_402_300_799;
