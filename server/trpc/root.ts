import { analysisPrompts } from "#server/analysis/index.ts";
import {
  contextRouter,
  examplesRouter,
  learningRouter,
  replaysRouter,
  runsRouter,
  sweepRouter,
} from "#server/analysis/router.ts";
import { assistantPrompts } from "#server/assistant/index.ts";
import { chatRouter, gapsRouter } from "#server/assistant/router.ts";
import { channelsRouter } from "#server/channels/router.ts";
import { eventsRouter } from "#server/events/router.ts";
import { kbRouter } from "#server/kb/router.ts";
import { knowledgeRouter } from "#server/knowledge/router.ts";
import { createPromptsRouter, modelsRouter } from "#server/llm/router.ts";
import { messagesRouter } from "#server/messages/router.ts";
import { proposalsRouter, rulesRouter } from "#server/proposals/router.ts";
import { settingsRouter } from "#server/settings/router.ts";

import { router } from "./base.ts";
import { shellRouter } from "./shell.ts";

/** Every procedure of Winnow. */
export const appRouter = router({
  shell: shellRouter,
  messages: messagesRouter,
  runs: runsRouter,
  replays: replaysRouter,
  learning: learningRouter,
  examples: examplesRouter,
  proposals: proposalsRouter,
  rules: rulesRouter,
  knowledge: knowledgeRouter,
  sweep: sweepRouter,
  kb: kbRouter,
  chat: chatRouter,
  gaps: gapsRouter,
  channels: channelsRouter,
  settings: settingsRouter,
  models: modelsRouter,
  prompts: createPromptsRouter([...analysisPrompts, ...assistantPrompts]),
  context: contextRouter,
  events: eventsRouter,
});

export type AppRouter = typeof appRouter;
