import { revise, say } from "#server/channels/index.ts";
import { deleteNote, editNote, escapeText, parseNote, revertCommit } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { changeSession } from "../conversations.ts";
import type { AssistantDeps } from "../deps.ts";
import { type RequestRow, requestRow } from "../request-row.ts";
import { ownRequest, showRequest } from "../request-presses.ts";
import { RequestResult } from "../schema.ts";
import { wordsFor } from "../speech.ts";
import type { Presser, Presses } from "../tap.ts";
import { button } from "../buttons.ts";

type NoteResult = Extract<RequestResult, { type: "note" }>;

/** What the buttons under a written note do. */
export const notePresses: Pick<Presses, "note.edit" | "note.delete" | "note.keep"> = {
  "note.edit": async (deps, ctx, presser, { requestId }) => {
    const { request, result } = await writtenNote(ctx, presser, requestId);
    await transaction(ctx.db, (tx) => changeSession(tx, ctx, presser, { pendingInput: { for: "note", requestId } }));
    const content = { text: presser.words("note.askText", { title: escapeText(result.note.title) }) };
    const subject = { type: "request", id: requestId };
    await say(
      deps.channels,
      ctx,
      {
        spaceId: presser.spaceId,
        chatId: request.chatId,
        key: `edit:${requestId}:${ctx.now().getTime()}`,
        subject,
        content,
      },
      { signal: presser.signal },
    );
    return null;
  },

  "note.delete": async (deps, ctx, presser, { requestId, isSure }) => {
    const { request, result } = await writtenNote(ctx, presser, requestId);
    if (!isSure) {
      const { words } = presser;
      const content = {
        text: words("note.askDelete", { title: escapeText(result.note.title) }),
        buttons: [
          [
            button(words("note.button.deleteSure"), { do: "note.delete", requestId, isSure: true }, "danger"),
            button(words("note.button.keep"), { do: "note.keep", requestId }),
          ],
        ],
      };
      await revise(deps.channels, ctx, { postId: presser.postId, content }, { signal: presser.signal });
      return null;
    }
    const note = await noteOf(ctx, request, result);
    if (note) await deleteNote(ctx, { spaceId: request.spaceId, noteId: note.id });
    await markGone(deps, ctx, presser, request, result, "deleted");
    return null;
  },

  "note.keep": async (deps, ctx, presser, { requestId }) => {
    const { request } = await writtenNote(ctx, presser, requestId);
    await showRequest(deps, ctx, presser, request);
    return null;
  },
};

/** Takes a note back by a commit of its own. */
export async function undoNote(deps: AssistantDeps, ctx: Ctx, presser: Presser, request: RequestRow): Promise<void> {
  const { result } = await writtenNote(ctx, presser, request.id);
  await revertCommit(ctx, {
    spaceId: request.spaceId,
    commitHash: result.commitHash,
    path: result.note.path,
    subject: `Add ${result.note.title}`,
  });
  await markGone(deps, ctx, presser, request, result, "undone");
}

/** Gives a note the text that someone sent for it. @returns what to say */
export async function retextNote(
  ctx: Ctx,
  { spaceId, requestId, text }: { spaceId: string; requestId: string; text: string },
): Promise<string> {
  const request = await requestRow(ctx.db, { spaceId, requestId });
  const result = RequestResult.safeParse(request?.result);
  if (!request || !result.success || result.data.type !== "note")
    throw new AppError("not_found", "There is no such note.");
  const note = await noteOf(ctx, request, result.data);
  const words = wordsFor(request.contributor);
  if (!note) throw new AppError("not_found", words("note.deleted"));
  const file = `---\n${JSON.stringify(note.frontMatter)}\n---\n${note.body}`;
  const parsed = parseNote(file);
  const content = file.replace(parsed.text, () => text.toWellFormed().replaceAll("\0", ""));
  await editNote(ctx, { spaceId, noteId: note.id, base: note.commitHash, content });
  return words("note.edited");
}

async function writtenNote(
  ctx: Ctx,
  presser: Presser,
  requestId: string,
): Promise<{ request: RequestRow; result: NoteResult }> {
  const request = await ownRequest(ctx, presser, requestId);
  const result = RequestResult.safeParse(request.result);
  if (!result.success || result.data.type !== "note" || result.data.since) {
    throw new AppError("conflict", presser.words("core.tap.late"));
  }
  return { request, result: result.data };
}

function noteOf(ctx: Ctx, request: RequestRow, { note }: NoteResult) {
  // By its id first: it may have been moved since.
  return ctx.db.prisma.note.findFirst({
    where: { spaceId: request.spaceId, ...(note.noteId ? { id: note.noteId } : { path: note.path }) },
  });
}

async function markGone(
  deps: AssistantDeps,
  ctx: Ctx,
  presser: Presser,
  request: RequestRow,
  result: NoteResult,
  since: "deleted" | "undone",
): Promise<void> {
  // Its content may become a note again.
  await ctx.db.pool.query("update requests set result = $2, content_hash = null where id = $1", [
    request.id,
    JSON.stringify({ ...result, since }),
  ]);
  const now = await requestRow(ctx.db, { spaceId: request.spaceId, requestId: request.id });
  if (now) await showRequest(deps, ctx, presser, now);
}
