import { say } from "#server/channels/index.ts";
import { type Handler, handle } from "#server/jobs/index.ts";

import { runTask } from "./agent/mode.ts";
import { answerQuestion } from "./ask/mode.ts";
import { command, commandPresses, input } from "./commands/index.ts";
import type { AssistantDeps } from "./deps.ts";
import { greet } from "./greet.ts";
import { noteInput } from "./inputs.ts";
import { greetRequest, pressButton, runCommand, takeInput, tellEdited, workRequest } from "./jobs.ts";
import { sayEdited } from "./note/edited.ts";
import { writeNote } from "./note/mode.ts";
import { notePresses } from "./note/presses.ts";
import { requestPresses } from "./request-presses.ts";
import { objection, reviewPresses } from "./review/index.ts";
import { PendingInput } from "./schema.ts";
import { press, type Presses } from "./tap.ts";
import { undoRequest } from "./undo.ts";
import { workOn } from "./work.ts";

const modes = { note: writeNote, ask: answerQuestion, agent: runTask };
const presses: Presses = {
  ...requestPresses,
  ...notePresses,
  ...commandPresses,
  ...reviewPresses,
  "request.undo": undoRequest,
};

/** What people ask of the assistant. */
export function assistantHandlers(deps: AssistantDeps): Handler[] {
  return [
    handle(greetRequest, (ctx, request, { signal }) => greet(deps, ctx, request, signal)),
    handle(workRequest, (ctx, request, run) => workOn({ ...deps, modes }, ctx, request, run)),
    handle(runCommand, (ctx, asked, { signal }) => command(deps, ctx, asked, signal)),
    handle(takeInput, (ctx, { pending, ...given }, { signal }) =>
      input(
        { ...deps, inputs: { note: noteInput, objection } },
        ctx,
        { ...given, pending: PendingInput.parse(pending) },
        signal,
      ),
    ),
    handle(tellEdited, (ctx, about, { signal }) => sayEdited(deps, ctx, about, signal)),
    handle(pressButton, async (ctx, { tapId, ...tapped }, { signal }) => {
      const { words, isRefusal } = await press({ ...deps, presses }, ctx, tapped, signal);
      const chat = await ctx.db.prisma.chat.findUnique({ where: { id: tapped.chatId } });
      if (!chat) return;
      await deps.channels[chat.channel]?.acknowledge(tapId, words, { signal });
      // A page has no place for a word that passes; what was done shows by itself.
      if (chat.channel === "web" && isRefusal && words !== null) {
        const subject = { type: "tap", id: tapId };
        const post = { spaceId: chat.spaceId, chatId: chat.id, key: `tap:${tapId}`, subject, content: { text: words } };
        await say(deps.channels, ctx, post, { signal });
      }
    }),
  ];
}
