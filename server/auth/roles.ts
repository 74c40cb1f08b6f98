import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { hasRole, type Role, type SpaceInfo } from "./schema.ts";

type SpaceMembership = { space: SpaceInfo; role: Role };

const SPACE = { id: true, slug: true, name: true, timeZone: true } as const;

/**
 * Lets those through who have the role in the space.
 * @throws AppError `not_found` for a space that the user is not in, as for one that does not exist; `forbidden` for a
 *   member whose role does not reach
 */
export async function requireRole(
  db: Pick<Db, "prisma">,
  { userId, spaceId, role }: { userId: string; spaceId: string; role: Role },
): Promise<SpaceMembership> {
  const membership = await membershipOf(db, { userId, spaceId });
  if (!membership) throw new AppError("not_found", "There is no such space, or you are not a member of it.");
  if (!hasRole(membership.role, role)) {
    throw new AppError(
      "forbidden",
      `This needs the role ${role}, and you are a ${membership.role} of ${membership.space.name}. An admin of the space can change that.`,
    );
  }
  return membership;
}

/** What a user is in a space; null for nothing. */
export async function membershipOf(
  db: Pick<Db, "prisma">,
  { userId, spaceId }: { userId: string; spaceId: string },
): Promise<SpaceMembership | null> {
  return db.prisma.membership.findUnique({
    where: { spaceId_userId: { spaceId, userId } },
    select: { role: true, space: { select: SPACE } },
  });
}

/** The spaces that a user is in, by name. */
export async function membershipsOf(db: Pick<Db, "prisma">, userId: string): Promise<SpaceMembership[]> {
  return db.prisma.membership.findMany({
    where: { userId },
    select: { role: true, space: { select: SPACE } },
    orderBy: [{ space: { name: "asc" } }, { spaceId: "asc" }],
  });
}
