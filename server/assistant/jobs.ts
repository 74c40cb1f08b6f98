import { z } from "zod";

import { defineJob } from "#server/jobs/index.ts";

const RequestRef = z.object({ spaceId: z.uuid(), requestId: z.uuid() });

/** Says that a note was received, while its burst is still gathered. */
export const greetRequest = defineJob({
  name: "assistant.greet",
  payload: RequestRef,
  maxAttempts: 4,
  key: ({ requestId }) => `assistant.greet:${requestId}`,
});

/** Does what a request asks for and says what came of it; where that was done, only says it. */
export const workRequest = defineJob({
  name: "assistant.work",
  payload: RequestRef,
  maxAttempts: 8,
  key: ({ requestId }) => `assistant.work:${requestId}`,
  atHome: true,
});

/** Does what a command of the chat asks for: help, settings, models, status. */
export const runCommand = defineJob({
  name: "assistant.command",
  payload: z.object({ spaceId: z.uuid(), messageId: z.uuid(), name: z.string(), words: z.string() }),
  maxAttempts: 4,
});

/** Takes what someone typed because they were asked to. */
export const takeInput = defineJob({
  name: "assistant.input",
  payload: z.object({ spaceId: z.uuid(), messageId: z.uuid(), pending: z.unknown() }),
  maxAttempts: 4,
  atHome: true,
});

/** Says that a message of a note was changed since. */
export const tellEdited = defineJob({
  name: "assistant.edited",
  payload: RequestRef.extend({ messageId: z.uuid() }),
  maxAttempts: 4,
  key: ({ requestId }) => `assistant.edited:${requestId}`,
});

/** Does what a button says. */
export const pressButton = defineJob({
  name: "assistant.tap",
  payload: z.object({
    spaceId: z.uuid(),
    chatId: z.uuid(),
    contributorId: z.uuid(),
    token: z.string(),
    tapId: z.string(),
  }),
  maxAttempts: 4,
});
