import type { Channel } from "#prisma/enums.ts";

/** Where things are in the dashboard. */
export type Addresses = {
  /** At a line of its text, where one is named. */
  note: (noteId: string, line?: number) => string;
  /** What a commit changed. */
  commit: (commitHash: string) => string;
  proposal: (proposalId: string) => string;
  page: (page: "review" | "knowledge" | "messages" | "runs" | "chat") => string;
};

/** The addresses of a space's pages; in the chat of the dashboard itself they need no machine's name. */
export function addressesOf(appUrl: string, slug: string, channel?: Channel): Addresses {
  const base = `${channel === "web" ? "" : appUrl}/s/${encodeURIComponent(slug)}`;
  return {
    note: (noteId, line) => `${base}/knowledge/${noteId}${line === undefined ? "" : `?at=${line}`}`,
    commit: (commitHash) => `${base}/knowledge/commits/${commitHash}`,
    proposal: (proposalId) => `${base}/review/${proposalId}`,
    page: (page) => `${base}/${page}`,
  };
}
