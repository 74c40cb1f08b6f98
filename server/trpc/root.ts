import { runsRouter } from "#server/analysis/router.ts";
import { chatRouter, gapsRouter } from "#server/assistant/router.ts";
import { channelsRouter } from "#server/channels/router.ts";
import { eventsRouter } from "#server/events/router.ts";
import { kbRouter } from "#server/kb/router.ts";
import { knowledgeRouter } from "#server/knowledge/router.ts";
import { messagesRouter } from "#server/messages/router.ts";
import { proposalsRouter } from "#server/proposals/router.ts";
import { settingsRouter } from "#server/settings/router.ts";

import { router } from "./base.ts";
import { shellRouter } from "./shell.ts";

/** Every procedure of Winnow. */
export const appRouter = router({
  shell: shellRouter,
  messages: messagesRouter,
  runs: runsRouter,
  proposals: proposalsRouter,
  knowledge: knowledgeRouter,
  kb: kbRouter,
  chat: chatRouter,
  gaps: gapsRouter,
  channels: channelsRouter,
  settings: settingsRouter,
  events: eventsRouter,
});

export type AppRouter = typeof appRouter;
