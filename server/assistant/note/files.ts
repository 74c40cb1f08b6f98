import { createHash } from "node:crypto";

import type { Attachment } from "#prisma/client.ts";
import { AppError } from "#server/lib/errors.ts";
import { readDocument } from "#server/reading/index.ts";
import { readSetting } from "#server/settings/index.ts";

import { wordsFor } from "../speech.ts";
import type { Work } from "../work.ts";

/** What the Bot API gives out at most; a web chat takes no more either. */
const MAX_BYTES = 20 * 1024 * 1024;
/** Kinds that someone speaks in. */
const SPOKEN = new Set(["voice", "audio", "video_note"]);
/** Kinds that show something and have no text of their own: nobody expects them to be read. */
const SEEN = new Set(["photo", "video", "animation", "sticker"]);

export type NoteFile = {
  id: string;
  messageId: string;
  kind: string;
  /** As people see it. */
  name: string;
  /** Where it goes in the knowledge base; null where only its name is known. */
  path: string | null;
  sha256: string | null;
  text: string | null;
  problem: string | null;
};

type Row = Omit<Attachment, "content">;

/**
 * Fetches the files of a request and reads what can be read in them. What was fetched before is not fetched again. A file that is
 * too large, or cannot be had, keeps what the channel told of it, with the reason in words.
 */
export async function fetchFiles(work: Work): Promise<NoteFile[]> {
  const files: NoteFile[] = [];
  for (const message of work.request.messages) {
    for (const attachment of message.attachments) files.push(await fetchFile(work, attachment));
  }
  return files;
}

async function fetchFile(work: Work, row: Row): Promise<NoteFile> {
  const name = row.name ?? `${row.kind}${extensionOf(row)}`;
  const known = row.status === "waiting" ? await fetchNow(work, row, name) : row;
  return {
    ...{ id: row.id, messageId: row.messageId, kind: row.kind, name },
    path: known.sha256 ? pathOf({ ...row, sha256: known.sha256 }) : null,
    sha256: known.sha256,
    text: known.text,
    problem: known.problem,
  };
}

type Fetched = Pick<Row, "status" | "sha256" | "text" | "problem">;

async function fetchNow(work: Work, row: Row, name: string): Promise<Fetched> {
  const words = wordsFor(work.request.contributor);
  if (row.size !== null && row.size > MAX_BYTES) {
    return keep(work, row, {
      status: "too_large",
      problem: words("note.problem.tooLarge", { name, size: `${Math.round(Number(row.size) / 1_048_576)} MB` }),
    });
  }
  const port = work.deps.channels[work.request.chat.channel];
  try {
    const stored = await work.ctx.db.prisma.attachment.findUnique({ where: { id: row.id }, select: { content: true } });
    const bytes = stored?.content
      ? Buffer.from(stored.content)
      : await port?.download(row.externalId, { maxBytes: MAX_BYTES, signal: work.signal });
    if (!bytes) return await keep(work, row, { status: "failed", problem: words("note.problem.failed", { name }) });
    return await keep(work, row, {
      status: "fetched",
      content: bytes,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      ...(await readText(work, row, name, bytes)),
    });
  } catch (error) {
    if (!(error instanceof AppError) || ["unavailable", "cancelled", "rate_limited"].includes(error.code)) throw error;
    return keep(work, row, { status: "failed", problem: `${words("note.problem.failed", { name })} ${error.message}` });
  }
}

async function readText(
  { deps, ctx, request, signal }: Work,
  row: Row,
  name: string,
  bytes: Buffer,
): Promise<{ text: string | null; problem: string | null }> {
  const words = wordsFor(request.contributor);
  if (SEEN.has(row.kind)) return { text: null, problem: null };
  if (SPOKEN.has(row.kind)) {
    const model = await readSetting(ctx.db, request.spaceId, "assistant.transcriptionModel");
    const heard = model
      ? await deps.llm.transcribe(
          { bytes, name: `${row.kind}${extensionOf(row) || ".ogg"}`, mime: row.mime ?? "audio/ogg" },
          { spaceId: request.spaceId, requestId: request.id, model, signal },
        )
      : null;
    return heard === null
      ? { text: null, problem: words("note.problem.notHeard", { name }) }
      : { text: heard.replaceAll("\0", "").toWellFormed(), problem: null };
  }
  const read = await readDocument({ bytes, name: row.name, mime: row.mime }, { signal });
  return read.type === "text"
    ? { text: read.text, problem: null }
    : { text: null, problem: words("note.problem.unreadable", { name, why: read.why }) };
}

async function keep(
  { ctx }: Work,
  row: Row,
  given: Partial<Fetched> & Pick<Row, "status"> & { content?: Buffer },
): Promise<Fetched> {
  const fetched: Fetched = { sha256: null, text: null, problem: null, ...given };
  await ctx.db.pool.query(
    'update attachments set status = $2::"AttachmentStatus", sha256 = $3, text = $4, problem = $5, content = $6 where id = $1',
    [row.id, fetched.status, fetched.sha256, fetched.text, fetched.problem, given.content ?? null],
  );
  return fetched;
}

/** Its bytes, to be written with the note. */
export async function bytesOf({ ctx }: Work, file: NoteFile): Promise<Buffer | null> {
  const row = await ctx.db.prisma.attachment.findUnique({ where: { id: file.id }, select: { content: true } });
  return row?.content ? Buffer.from(row.content) : null;
}

/** Files lie by what is in them: the same one twice is one. */
function pathOf(row: Row & { sha256: string }): string {
  return `media/${row.sha256.slice(0, 2)}/${row.sha256}${extensionOf(row)}`;
}

/** The ending of a file's name where it is a plain one, or what its type is usually called by. */
function extensionOf({ name, mime, kind }: Pick<Row, "name" | "mime" | "kind">): string {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(name ?? "")?.[1]?.toLowerCase();
  if (ending && ending !== "md") return `.${ending}`;
  const byMime = /^(?:image|audio|video)\/([a-z0-9]{1,8})$/i.exec(mime ?? "")?.[1]?.toLowerCase();
  if (byMime) return `.${byMime}`;
  return kind === "photo" ? ".jpg" : ending === "md" ? ".txt" : "";
}
