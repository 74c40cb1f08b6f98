import { linksIn } from "#server/reading/index.ts";

/** Words of the person who gave the task, with what their channel marked in them. */
export type OwnWords = { text: string; entities: unknown };

/**
 * The addresses that a task may open: those that the person wrote, or that stand in the message they answered, and no other.
 *
 * An address carries whatever is written into it. A model that was talked into it by a note or a page could put what it has read
 * into an address and so hand it to a stranger; also choosing among the links of a stranger's page would tell something. So nothing
 * that the model makes up or finds is opened, however it looks: what it wants must be, character by character, an address
 * that a person gave.
 */
export function addressesIn(words: readonly OwnWords[]): ReadonlySet<string> {
  const found = words.flatMap(({ text, entities }) => linksIn(text, Array.isArray(entities) ? entities : []));
  return new Set(found.flatMap((url) => addressOf(url) ?? []));
}

/** An address in the form in which two of them are compared, without what stays in the browser; null where it is none. */
export function addressOf(given: string): string | null {
  const url = URL.parse(given.trim());
  if (!url) return null;
  url.hash = "";
  return url.href;
}
