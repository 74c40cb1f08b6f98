import { parseAsArrayOf, parseAsBoolean, parseAsIsoDate, parseAsString, parseAsStringLiteral } from "nuqs";

import { type SearchFilters, Trust } from "#server/knowledge/schema.ts";

const words = parseAsArrayOf(parseAsString).withDefault([]);

/** What is looked for among the notes, as the address keeps it. */
export const searchParams = {
  q: parseAsString.withDefault(""),
  type: words,
  topic: words,
  tag: words,
  author: words,
  trust: parseAsArrayOf(parseAsStringLiteral(Trust.options)).withDefault([]),
  stale: parseAsBoolean,
  from: parseAsIsoDate,
  to: parseAsIsoDate,
};

/** The same without anything chosen. */
export const NO_FILTERS = {
  ...{ type: null, topic: null, tag: null, author: null },
  ...{ trust: null, stale: null, from: null, to: null },
};

type Chosen = {
  type: string[];
  topic: string[];
  tag: string[];
  author: string[];
  trust: Trust[];
  stale: boolean | null;
  from: Date | null;
  to: Date | null;
};

/** What the server is asked to leave out. */
export function filtersOf({ type, topic, tag, author, trust, stale, from, to }: Chosen): SearchFilters {
  return {
    ...(type.length > 0 && { types: type }),
    ...(topic.length > 0 && { topics: topic }),
    ...(tag.length > 0 && { tags: tag }),
    ...(author.length > 0 && { authors: author }),
    ...(trust.length > 0 && { trust }),
    ...(stale !== null && { stale }),
    ...(from && { from: dayOf(from) }),
    ...(to && { to: dayOf(to) }),
  };
}

/** yyyy-mm-dd. */
export const dayOf = (date: Date) => date.toISOString().slice(0, 10);
