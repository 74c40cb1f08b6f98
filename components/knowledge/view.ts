import { createParser, parseAsInteger, parseAsStringLiteral } from "nuqs/server";

/** The ways to look at a note. Each has its own address. */
export const VIEWS = ["read", "history", "blame", "edit"] as const;
export type View = (typeof VIEWS)[number];

/** The id of a commit in an address; anything else there counts as nothing. */
const parseAsCommit = createParser({
  parse: (text) => (/^[0-9a-f]{40}$/.test(text) ? text : null),
  serialize: (hash: string) => hash,
});

export const noteParams = {
  view: parseAsStringLiteral(VIEWS).withDefault("read"),
  /** Whose changes the history shows. */
  commit: parseAsCommit,
  /** The line of its text that is shown, from 1. */
  at: parseAsInteger,
};
