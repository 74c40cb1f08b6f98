import type { Kbs } from "#server/kb/index.ts";
import { AppError } from "#server/lib/errors.ts";

/** Where files of messages lie: by the hash of what is in them. */
const MEDIA = /^media\/[0-9a-f]{2}\/[0-9a-f]{64}(?:\.([a-z0-9]{1,8}))?$/;

/** What a browser may show by itself. Anything else, a page or a drawing with code in it among them, is only handed out as a file. */
const SHOWN: Readonly<Record<string, string>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  webp: "image/webp",
};

/**
 * A file that a message brought, as an answer to a browser. It is a stranger's: it is never run, nor taken for what it is not.
 * @param path as notes link to it, without the slash before it
 * @throws AppError `not_found`
 */
export async function mediaAnswer(
  deps: { kbs: Kbs },
  { spaceId, path }: { spaceId: string; path: string },
): Promise<Response> {
  const [, ending = ""] = MEDIA.exec(path) ?? [];
  const bytes = MEDIA.test(path) ? await (await deps.kbs.open(spaceId)).readBytes(path) : null;
  if (!bytes) throw new AppError("not_found", "There is no such file in the knowledge base.");
  const name = path.slice(path.lastIndexOf("/") + 1);
  const type = SHOWN[ending];
  return new Response(new Uint8Array(bytes), {
    headers: {
      "content-type": type ?? "application/octet-stream",
      "content-disposition": `${type ? "inline" : "attachment"}; filename="${name}"`,
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      // What is named by its hash does not change; others on this machine must not find it all the same.
      "cache-control": "private, max-age=3600",
    },
  });
}
