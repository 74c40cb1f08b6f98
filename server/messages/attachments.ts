import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

/** A file that a message brings, as its channel tells of it. */
export type IncomingAttachment = {
  /** photo, document, video, voice, audio … */
  kind: string;
  /** What the channel gives it out by; never an address. */
  externalId: string;
  name: string | null;
  mime: string | null;
  /** In bytes. */
  size: number | null;
};

type Brought = { spaceId: string; messageId: string; at: Date; attachments: IncomingAttachment[] };

/** Records the files of a new message; they are fetched later. */
export async function recordAttachments(tx: Tx, { spaceId, messageId, at, attachments }: Brought): Promise<void> {
  if (attachments.length === 0) return;
  await tx.query(
    `insert into attachments (id, space_id, message_id, kind, external_id, name, mime, size, created_at)
     select id, $1, $2, kind, external_id, name, mime, size, $3
       from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
         as a (id, kind, external_id, name, mime, size)
     on conflict (message_id, external_id) do nothing`,
    [
      spaceId,
      messageId,
      at,
      attachments.map(() => newId()),
      attachments.map((file) => file.kind),
      attachments.map((file) => file.externalId),
      attachments.map((file) => file.name),
      attachments.map((file) => file.mime),
      attachments.map((file) => file.size),
    ],
  );
}

/**
 * Records the files that an edit put into a message. A channel may call one and the same file differently each time, so one that
 * looks like a file of the message that is known already is that one.
 */
export async function recordNewAttachments(tx: Tx, brought: Brought): Promise<void> {
  if (brought.attachments.length === 0) return;
  const known = await tx.query<{ kind: string; name: string | null; mime: string | null; size: number | null }>(
    "select kind, name, mime, size::float8 as size from attachments where message_id = $1",
    [brought.messageId],
  );
  const looks = (file: Pick<IncomingAttachment, "kind" | "name" | "mime" | "size">) =>
    JSON.stringify([file.kind, file.name, file.mime, file.size]);
  const seen = new Set(known.map(looks));
  const attachments = brought.attachments.filter((file) => !seen.has(looks(file)));
  await recordAttachments(tx, { ...brought, attachments });
}
