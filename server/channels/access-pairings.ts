import type { Channel, PairingStatus, PairingSubject } from "#prisma/enums.ts";
import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { sayWelcome } from "./access.ts";

const SHOWN = {
  id: true,
  channel: true,
  subject: true,
  displayName: true,
  status: true,
  askedAt: true,
  decidedAt: true,
  decidedBy: true,
} as const;

const MOST_LISTED = 500;

/** Who is let in, who was refused and who waits; those who wait first, then the newest. */
export async function listPairings(ctx: Ctx, { spaceId }: { spaceId: string }) {
  return ctx.db.prisma.pairing.findMany({
    where: { spaceId },
    select: SHOWN,
    orderBy: [{ status: "asc" }, { askedAt: "desc" }, { id: "desc" }],
    take: MOST_LISTED,
  });
}

/**
 * Lets someone in who asked to, or does not; either can be changed to the other later. Those who are let in are told.
 * The same decision again changes nothing.
 * @throws AppError `not_found`
 */
export async function decidePairing(
  ctx: Ctx,
  input: { spaceId: string; pairingId: string; decision: Exclude<PairingStatus, "asked"> },
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const [pairing] = await tx.query<{
      channel: Channel;
      subject: PairingSubject;
      externalId: string;
      isChanged: boolean;
    }>(
      `with before as (select id, status from pairings where id = $1 and space_id = $2 for update),
            changed as (
              update pairings set status = $3, decided_at = $4, decided_by = $5
                from before where pairings.id = before.id and before.status <> $3::"PairingStatus" returning pairings.id
            )
       select channel, subject, external_id as "externalId", exists (select from changed) as "isChanged"
         from pairings where id in (select id from before)`,
      [input.pairingId, input.spaceId, input.decision, ctx.now(), JSON.stringify(ctx.actor)],
    );
    if (!pairing) throw nobodyLikeThat();
    if (!pairing.isChanged) return;
    const { spaceId, pairingId } = input;
    emit(tx, { spaceId, type: "pairing.decided", subjectId: pairingId, actor: ctx.actor, at: ctx.now() });
    if (input.decision !== "approved") return;
    const { channel, subject, externalId } = pairing;
    const place = { externalId, threadId: "", kind: subject === "person" ? "private" : "group" };
    await sayWelcome(tx, { channel, place, subject });
  });
}

/**
 * Forgets someone at the door: they are not heard any more, and may ask again. What they said before stays.
 * @throws AppError `not_found`
 */
export async function removePairing(ctx: Ctx, input: { spaceId: string; pairingId: string }): Promise<void> {
  const gone = await transaction(ctx.db, (tx) =>
    tx.query("delete from pairings where id = $1 and space_id = $2 returning id", [input.pairingId, input.spaceId]),
  );
  if (gone.length === 0) throw nobodyLikeThat();
}

const nobodyLikeThat = () =>
  new AppError(
    "not_found",
    "There is nobody like that to decide about in this space. Perhaps someone removed them; load the list again.",
  );
