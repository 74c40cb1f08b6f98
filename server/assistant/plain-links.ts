import { cleanBody } from "#server/knowledge/index.ts";

/**
 * What a model says to a person, formatted as it was, but without a link or anything else that does something: it has read what
 * strangers wrote. Where Winnow itself links to, it adds.
 */
export function withoutLinks(markdown: string): string {
  const words = markdown.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/<(https?:[^>\s]*)>/gi, "$1");
  return cleanBody(words).replaceAll(/(https?):\/\//gi, String.raw`$1\://`);
}
