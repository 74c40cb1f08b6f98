import { z } from "zod";

const MAX_LINKS = 5;

const entity = z.object({
  type: z.enum(["url", "text_link"]),
  offset: z.int().min(0),
  length: z.int().min(1),
  url: z.string().optional(),
});

type Found = { from: number; to: number; url: string };

/** What stands after a link more often than it ends one. */
const AFTER = new Set([...".,;:!?'\"»”’…*`"]);
const PAIRS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/**
 * The links to the web in a message, in the order in which they stand, each once, at most five: those that Telegram marks
 * (`url`, `text_link`, by offsets in UTF-16) and those that simply stand in the text.
 */
export function linksIn(text: string, entities: unknown[]): string[] {
  const marked = entities.flatMap((one) => linkOf(one, text));
  const bare = bareLinks(text).filter((one) => !marked.some((other) => one.from < other.to && other.from < one.to));
  const inOrder = [...marked, ...bare].toSorted((a, b) => a.from - b.from);
  return [...new Set(inOrder.flatMap(({ url }) => address(url)))].slice(0, MAX_LINKS);
}

function linkOf(value: unknown, text: string): Found[] {
  const parsed = entity.safeParse(value);
  if (!parsed.success) return [];
  const { type, offset, length, url } = parsed.data;
  if (type === "text_link") return url === undefined ? [] : [{ from: offset, to: offset + length, url }];
  const shown = text.slice(offset, offset + length);
  // Telegram marks "example.com" too, and opens it by http.
  const whole = /^[a-z][a-z\d+.-]*:/i.test(shown) && !/^[\w.-]+:\d/.test(shown) ? shown : `http://${shown}`;
  return [{ from: offset, to: offset + length, url: whole }];
}

function bareLinks(text: string): Found[] {
  return [...text.matchAll(/\bhttps?:\/\/[^\s<>"\u0000-\u001f]{1,4000}/giu)].map((match) => {
    const url = withoutTail(match[0]);
    return { from: match.index, to: match.index + url.length, url };
  });
}

/** A link without the sentence's punctuation and without a bracket that was opened before it. */
function withoutTail(link: string): string {
  let end = link.length;
  for (; end > 0; end -= 1) {
    const last = link[end - 1] ?? "";
    const opening = PAIRS[last];
    const isTail = opening === undefined ? AFTER.has(last) : !closes(link.slice(0, end), opening, last);
    if (!isTail) break;
  }
  return link.slice(0, end);
}

function closes(link: string, opening: string, closing: string): boolean {
  return link.split(opening).length >= link.split(closing).length;
}

function address(url: string): string[] {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) return [];
  return [parsed.href];
}
