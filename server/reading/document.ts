import { AppError } from "#server/lib/errors.ts";

import { extract } from "./extract.ts";
import { kindOf } from "./kind.ts";
import { tidy, tidyTitle } from "./tidy.ts";

/** What there is to read in a file: its text, or why there is none, in a sentence for a person. */
export type DocumentText =
  | { type: "text"; text: string; title: string | null; isCut: boolean }
  | { type: "unreadable"; why: string };

/** More than a chat lets anyone send. */
const MAX_BYTES = 50 * 1024 * 1024;

/**
 * The text of a file: PDF, DOCX, PPTX, XLSX, HTML, Markdown, CSV or plain text, told by its bytes, then its name, then its
 * type. The file is a stranger's: what has to be unpacked is unpacked in a worker that is ended when it takes too much time or
 * memory. Nothing is written to disk.
 * @returns at most 200,000 characters, without control characters; `isCut` where there was more
 * @throws AppError `cancelled` when the signal aborts; nothing else
 */
export async function readDocument(
  given: { bytes: Buffer; name: string | null; mime: string | null },
  { signal }: { signal: AbortSignal },
): Promise<DocumentText> {
  if (signal.aborted) throw cancelled(signal);
  if (given.bytes.length === 0) return { type: "unreadable", why: "The file is empty." };
  if (given.bytes.length > MAX_BYTES)
    return { type: "unreadable", why: "The file is larger than 50 MB; it was not read." };
  const kind = kindOf(given);
  switch (kind.type) {
    case "unreadable":
      return kind;
    case "text":
      return kept({ text: kind.text, title: null, isCut: false });
    case "html":
      return fromWorker({ kind: "html", text: kind.text }, signal);
    case "pdf":
    case "zip":
      return fromWorker({ kind: kind.type, bytes: new Uint8Array(given.bytes) }, signal);
  }
}

async function fromWorker(task: Parameters<typeof extract>[0], signal: AbortSignal): Promise<DocumentText> {
  const result = await extract(task, { signal });
  if (signal.aborted) throw cancelled(signal);
  return result.type === "unreadable" ? result : kept(result);
}

function kept(raw: { text: string; title: string | null; isCut: boolean }): DocumentText {
  const { text, isCut } = tidy(raw.text);
  if (text === "") return { type: "unreadable", why: "There is no text in it; it may hold pictures alone." };
  return { type: "text", text, title: tidyTitle(raw.title), isCut: isCut || raw.isCut };
}

function cancelled(signal: AbortSignal): AppError {
  return new AppError("cancelled", "Reading was stopped before its end.", { cause: signal.reason });
}
