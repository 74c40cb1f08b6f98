import { type Actor, actorRef, type Ctx } from "#server/lib/ctx.ts";

type Contributor = { id: string; channel: string; externalId: string; displayName: string };

/** A person of a chat as commands know them. */
export const actorOf = (person: Contributor): Actor => ({
  type: "contributor",
  contributorId: person.id,
  name: person.displayName,
});

/** A person of a chat as commits name them: the user whom their account is linked to, or else themselves. */
export async function personOf(ctx: Ctx, person: Contributor & { userId: string | null }): Promise<Actor> {
  const user = person.userId ? await ctx.db.prisma.user.findUnique({ where: { id: person.userId } }) : null;
  return user ? { type: "user", userId: user.id, name: user.name } : actorOf(person);
}

/** A person of a chat in one word, as sources name them. */
export function personRef({ channel, externalId }: Pick<Contributor, "channel" | "externalId">): string {
  return `human:${channel === "telegram" ? "tg" : "web"}-${externalId}`;
}

/** Who a commit is by: an address of their own would be for all to read. */
export function commitAuthor(actor: Actor): { name: string; email: string } {
  return { name: actor.name, email: `${actorRef(actor).replace(":", ".")}@winnow.invalid` };
}
