import type { Press } from "./tap.ts";
import { undoTask } from "./agent/undo.ts";
import { undoNote } from "./note/presses.ts";
import { ownRequest } from "./request-presses.ts";

/** Takes back what a request wrote, by a commit of its own. */
export const undoRequest: Press<"request.undo"> = async (deps, ctx, presser, { requestId }) => {
  const request = await ownRequest(ctx, presser, requestId);
  if (request.mode === "agent") await undoTask(deps, ctx, request, presser);
  else await undoNote(deps, ctx, presser, request);
  return presser.words("core.tap.done");
};
