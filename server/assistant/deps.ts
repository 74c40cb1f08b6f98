import type { Channels } from "#server/channels/index.ts";
import type { Kbs } from "#server/kb/index.ts";
import type { Llm } from "#server/llm/index.ts";
import type { PageText } from "#server/reading/index.ts";

/** What the assistant works with. */
export type AssistantDeps = {
  channels: Channels;
  llm: Llm;
  kbs: Kbs;
  /** Reads a page of the web, guarded; see `fetchPage`. */
  readPage: (url: string, options: { signal: AbortSignal }) => Promise<PageText>;
  /** Where people reach the dashboard, without a trailing slash. */
  appUrl: string;
};
