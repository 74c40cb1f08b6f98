import type { Prisma } from "#prisma/client.ts";
import type { NewPost, PostInput } from "#server/channels/index.ts";
import type { Db } from "#server/lib/db.ts";

const WITH = {
  chat: true,
  contributor: { include: { settings: true } },
  messages: {
    orderBy: [{ sentAt: "asc" }, { id: "asc" }],
    include: { attachments: { omit: { content: true } }, contributor: true },
  },
  burst: true,
  space: { select: { slug: true, timeZone: true } },
} satisfies Prisma.RequestInclude;

/** A request with everything that its work reads. */
export type RequestRow = NonNullable<Awaited<ReturnType<typeof requestRow>>>;

/** Reads a request; null where it is gone, or another space's. */
export function requestRow(db: Pick<Db, "prisma">, { spaceId, requestId }: { spaceId?: string; requestId: string }) {
  return db.prisma.request.findFirst({ where: { id: requestId, ...(spaceId ? { spaceId } : {}) }, include: WITH });
}

/** The one post of a request: its status while it is worked on, its result afterwards. */
export function postOf(request: RequestRow, content: PostInput): NewPost {
  return {
    spaceId: request.spaceId,
    chatId: request.chatId,
    key: `request:${request.id}`,
    subject: { type: "request", id: request.id },
    content,
    replyTo: request.messages.at(-1)?.externalId ?? null,
  };
}
