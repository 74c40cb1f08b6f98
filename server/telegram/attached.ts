import type { IncomingAttachment } from "#server/messages/index.ts";

import { type Fields, fieldsOf, isObject, textOf } from "./fields.ts";

/** Fields that bring a file; an animation is also a document, by the same id. */
const FILES_IN = ["animation", "document", "video", "video_note", "voice", "audio"] as const;

const LONGEST_NAME = 255;
const LONGEST_ID = 512;

/** The files that a message brings: of a photo the largest size. A sticker is its emoji, and paid media are not ours to take. */
export function attachmentsOf(message: Fields): IncomingAttachment[] {
  const files = FILES_IN.map((kind) => readFile(kind, message[kind]));
  const found = [readFile("photo", largest(message["photo"])), ...files].filter((file) => file !== null);
  return [...Map.groupBy(found, (file) => file.externalId).values()].map(([first]) => first!);
}

function largest(sizes: unknown): unknown {
  if (!Array.isArray(sizes)) return undefined;
  const area = (size: unknown) => (Number(fieldsOf(size)["width"]) || 0) * (Number(fieldsOf(size)["height"]) || 0);
  return sizes.filter(isObject).reduce<unknown>((best, size) => (area(size) > area(best) ? size : best), sizes.at(-1));
}

function readFile(kind: string, value: unknown): IncomingAttachment | null {
  const fields = fieldsOf(value);
  const externalId = textOf(fields["file_id"]);
  if (externalId === undefined || externalId.length > LONGEST_ID) return null;
  const size = fields["file_size"];
  return {
    kind,
    externalId,
    name: textOf(fields["file_name"])?.slice(0, LONGEST_NAME) ?? null,
    mime: textOf(fields["mime_type"])?.slice(0, LONGEST_NAME) ?? null,
    size: Number.isSafeInteger(size) && Number(size) >= 0 ? Number(size) : null,
  };
}
