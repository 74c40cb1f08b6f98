import type { Channel, Role, RunStatus } from "#prisma/enums.ts";
import { type Db, transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { createLog } from "#server/lib/log.ts";
import { propose } from "#server/proposals/propose.ts";
import { ProposalDetails } from "#server/proposals/schema.ts";

export type Make = ReturnType<typeof makers>;

/** Factories: each makes the row and the parents that were not given. */
export function makers(db: Db) {
  const space = async (given: { name?: string; slug?: string } = {}) => {
    const id = newId();
    return db.prisma.space.create({
      data: { id, slug: given.slug ?? `space-${id.slice(-8)}`, name: given.name ?? "Test space" },
    });
  };

  const user = async (given: { spaceId?: string; role?: Role; name?: string } = {}) => {
    const id = newId();
    const name = given.name ?? "Vera Lind";
    const row = await db.prisma.user.create({ data: { id, name, email: `${id}@example.org`, emailVerified: true } });
    if (given.spaceId) {
      await db.prisma.membership.create({
        data: { id: newId(), spaceId: given.spaceId, userId: id, role: given.role ?? "reviewer" },
      });
    }
    return { ...row, actor: { type: "user" as const, userId: id, name } };
  };

  const chat = async (given: { spaceId?: string; title?: string; channel?: Channel } = {}) => {
    const id = newId();
    return db.prisma.chat.create({
      data: {
        id,
        spaceId: given.spaceId ?? (await space()).id,
        channel: given.channel ?? "telegram",
        externalId: `-100${Date.now()}${id.slice(-4)}`,
        kind: "supergroup",
        title: given.title ?? "Harbour team",
      },
    });
  };

  const contributor = async (given: { spaceId: string; displayName?: string; username?: string }) => {
    const id = newId();
    return db.prisma.contributor.create({
      data: {
        id,
        spaceId: given.spaceId,
        channel: "telegram",
        externalId: id,
        displayName: given.displayName ?? "Nora Field",
        username: given.username ?? null,
      },
    });
  };

  let messageCount = 0;
  const message = async (
    given: {
      chatId?: string;
      spaceId?: string;
      contributorId?: string;
      text?: string;
      sentAt?: Date;
      kind?: string;
    } = {},
  ) => {
    const parent = given.chatId
      ? await db.prisma.chat.findUniqueOrThrow({ where: { id: given.chatId } })
      : await chat(given.spaceId ? { spaceId: given.spaceId } : {});
    messageCount += 1;
    return db.prisma.message.create({
      data: {
        id: newId(),
        spaceId: parent.spaceId,
        chatId: parent.id,
        contributorId: given.contributorId ?? (await contributor({ spaceId: parent.spaceId })).id,
        externalId: String(messageCount),
        kind: given.kind ?? "text",
        text: given.text ?? "Nora, please renew the harbour permit by Friday.",
        sentAt: given.sentAt ?? new Date(),
      },
    });
  };

  const run = async (given: { spaceId?: string; status?: RunStatus } = {}) => {
    const spaceId = given.spaceId ?? (await space()).id;
    const now = new Date();
    return db.prisma.run.create({
      data: {
        id: newId(),
        spaceId,
        status: given.status ?? "completed",
        windowStart: new Date(now.getTime() - 3_600_000),
        windowEnd: now,
        createdBy: { type: "system", name: "test" },
        createdAt: now,
      },
    });
  };

  const batch = async (given: { runId: string; chatId?: string }) => {
    const parent = await db.prisma.run.findUniqueOrThrow({
      where: { id: given.runId },
      include: { _count: { select: { batches: true } } },
    });
    return db.prisma.batch.create({
      data: {
        id: newId(),
        spaceId: parent.spaceId,
        runId: parent.id,
        chatId: given.chatId ?? (await chat({ spaceId: parent.spaceId })).id,
        position: parent._count.batches,
        status: "done",
      },
    });
  };

  /** A proposal with one checked quote, counted in its run. */
  const proposal = async (
    given: { spaceId?: string; runId?: string; title?: string; body?: string; details?: Partial<ProposalDetails> } = {},
  ) => {
    const parent = given.runId
      ? await db.prisma.run.findUniqueOrThrow({ where: { id: given.runId } })
      : await run(given.spaceId ? { spaceId: given.spaceId } : {});
    const { id: batchId, chatId } = await batch({ runId: parent.id });
    const said = await message({ chatId });
    const ctx = {
      actor: { type: "system" as const, name: "test" },
      db,
      log: createLog({ level: "silent" }),
      now: () => new Date(),
    };
    const [id] = await transaction(db, (tx) =>
      propose(tx, ctx, {
        spaceId: parent.spaceId,
        runId: parent.id,
        batchId,
        generatedBy: "rules",
        proposals: [
          {
            kind: "task",
            title: given.title ?? "Renew the harbour permit",
            body: given.body ?? "Nora is asked to renew the harbour permit by Friday.",
            details: ProposalDetails.parse({ noteType: "Task", intent: "request", topic: "Harbour", ...given.details }),
            confidence: "strong",
            reasons: ["One quote, checked."],
            evidence: [{ messageId: said.id, revision: 1, start: 0, end: 12, quote: said.text.slice(0, 12) }],
          },
        ],
      }),
    );
    return db.prisma.proposal.findUniqueOrThrow({ where: { id: id! } });
  };

  return { space, user, chat, contributor, message, run, batch, proposal };
}
