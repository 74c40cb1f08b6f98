import { revise, say } from "#server/channels/index.ts";
import { deleteNote, editNote, escapeText, parseNote, quoteText, revertCommit } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { readSetting } from "#server/settings/index.ts";

import { withText } from "../note-text.ts";
import { changeSession, inTenMinutes } from "../conversations.ts";
import type { AssistantDeps } from "../deps.ts";
import { type RequestRow, requestRow } from "../request-row.ts";
import { untilWritten } from "../operation-outcome.ts";
import { ownRequest, showRequest } from "../request-presses.ts";
import { RequestResult } from "../schema.ts";
import { wordsFor } from "../speech.ts";
import type { Presser, Presses } from "../tap.ts";
import { button } from "../buttons.ts";

/** As much of a text as is shown again to whoever changes it. */
const MOST_SHOWN = 1_500;

type NoteResult = Extract<RequestResult, { type: "note" }>;

/** What the buttons under a written note do. */
export const notePresses: Pick<Presses, "note.edit" | "note.delete" | "note.keep"> = {
  "note.edit": async (deps, ctx, presser, { requestId }) => {
    const { request, result } = await writtenNote(ctx, presser, requestId);
    await transaction(ctx.db, (tx) =>
      changeSession(tx, ctx, presser, { pendingInput: { for: "note", requestId, until: inTenMinutes(ctx) } }),
    );
    const note = await noteOf(ctx, request, result);
    const current = note ? parseNote(asFile(note)).text.slice(0, MOST_SHOWN).toWellFormed() : "";
    const asked = presser.words("note.askText", { title: escapeText(result.note.title) });
    const content = { text: [asked, quoteText(current)].join("\n\n") };
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
    if (!note) throw new AppError("not_found", presser.words("core.tap.late"));
    const { operationId } = await deleteNote(ctx, { spaceId: request.spaceId, noteId: note.id });
    await untilWritten(ctx, operationId, presser.words, presser.signal);
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
  const { operationId } = await revertCommit(ctx, {
    spaceId: request.spaceId,
    commitHash: result.commitHash,
    path: result.note.path,
    subject: `Add ${result.note.title}`,
  });
  await untilWritten(ctx, operationId, presser.words, presser.signal);
  await markGone(deps, ctx, presser, request, result, "undone");
}

/** Gives a note the text that someone sent for it. @returns the note */
export async function retextNote(
  deps: Pick<AssistantDeps, "kbs">,
  ctx: Ctx,
  { spaceId, requestId, text }: { spaceId: string; requestId: string; text: string },
  signal: AbortSignal,
): Promise<{ request: RequestRow; note: { id: string; title: string } }> {
  const request = await requestRow(ctx.db, { spaceId, requestId });
  const result = RequestResult.safeParse(request?.result);
  if (!request || !result.success || result.data.type !== "note")
    throw new AppError("not_found", "There is no such note.");
  const words = wordsFor(request.contributor);
  const note = await noteOf(ctx, request, result.data);
  const file = note && (await (await deps.kbs.open(spaceId)).readFile(note.path, note.commitHash));
  if (!note || file === null) throw new AppError("not_found", words("note.deleted"));
  if (ctx.actor.type !== "user" && (await readSetting(ctx.db, spaceId, "assistant.notes")) === "review") {
    throw new AppError("forbidden", words("note.reviewedHere"));
  }
  const content = withText(file, { passage: null, text: text.toWellFormed().replaceAll("\0", "") });
  const { operationId } = await editNote(ctx, { spaceId, noteId: note.id, base: note.commitHash, content });
  await untilWritten(ctx, operationId, words, signal);
  return { request, note: { id: note.id, title: note.title } };
}

const asFile = ({ frontMatter, body }: { frontMatter: unknown; body: string }) =>
  `---\n${JSON.stringify(frontMatter)}\n---\n${body}`;

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
