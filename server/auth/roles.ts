import type { Role } from "#prisma/enums.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { hasRole } from "./schema.ts";

export type SpaceInfo = { id: string; slug: string; name: string; timeZone: string };

/**
 * The space, for someone who has at least a role in it.
 * @throws AppError `not_found` for a space that the user is not in, as if it did not exist; `forbidden` for a lesser role
 */
export async function requireRole(
  db: Pick<Db, "prisma">,
  { userId, spaceId, role }: { userId: string; spaceId: string; role: Role },
): Promise<{ space: SpaceInfo; role: Role }> {
  const membership = await db.prisma.membership.findUnique({
    where: { spaceId_userId: { spaceId, userId } },
    select: { role: true, space: { select: { id: true, slug: true, name: true, timeZone: true } } },
  });
  if (!membership) throw new AppError("not_found", "There is no such space, or you are not in it.");
  if (!hasRole(membership.role, role)) {
    throw new AppError(
      "forbidden",
      `This takes the role ${role}, and yours is ${membership.role}. Ask an admin of the space.`,
    );
  }
  return { space: membership.space, role: membership.role };
}
