import type { Role } from "#server/auth/schema.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import type { AssistantDeps } from "./deps.ts";
import { ButtonAction } from "./schema.ts";
import { wordsFor } from "./speech.ts";
import type { Words } from "./words/index.ts";

/** Who pressed a button, and where. */
export type Presser = {
  spaceId: string;
  chatId: string;
  contributorId: string;
  /** The post that the button is under. */
  postId: string;
  /** The person as commands know them: the user that the chat account is linked to, or else the contributor. */
  actor: Actor;
  /** Their role in the space's dashboard; null where the account is not linked to a member. */
  role: Role | null;
  words: Words;
  signal: AbortSignal;
};

type ActionOf<Do extends ButtonAction["do"]> = Extract<ButtonAction, { do: Do }>;
/** Does what a button says. @returns a short word for the person, or null where what they see says enough */
export type Press<Do extends ButtonAction["do"]> = (
  deps: AssistantDeps,
  ctx: Ctx,
  presser: Presser,
  action: ActionOf<Do>,
) => Promise<string | null>;
export type Presses = { [Do in ButtonAction["do"]]: Press<Do> };

/**
 * Looks up what a token stands for and does it, as the person who pressed: whatever they may not do is refused there.
 * A token that is not there any more, or was made for another chat, has served its time.
 * @returns a short word for the person, or null; and whether it says that nothing was done
 */
export async function press(
  deps: AssistantDeps & { presses: Presses },
  ctx: Ctx,
  { spaceId, chatId, contributorId, token }: { spaceId: string; chatId: string; contributorId: string; token: string },
  signal: AbortSignal,
): Promise<{ words: string | null; isRefusal: boolean }> {
  const person = await ctx.db.prisma.contributor.findFirst({
    where: { id: contributorId, spaceId },
    include: { settings: true, user: { include: { memberships: { where: { spaceId } } } } },
  });
  if (!person) return { words: null, isRefusal: true };
  const words = wordsFor(person);
  const button = await ctx.db.prisma.button.findFirst({ where: { token, spaceId, post: { chatId, deletedAt: null } } });
  if (!button) return { words: words("core.tap.gone"), isRefusal: true };
  const presser: Presser = {
    ...{ spaceId, chatId, contributorId, words, signal },
    postId: button.postId,
    actor: person.user
      ? { type: "user", userId: person.user.id, name: person.user.name }
      : { type: "contributor", contributorId, name: person.displayName },
    role: person.user?.memberships[0]?.role ?? null,
  };
  const action = ButtonAction.parse(button.action);
  // The compiler does not see that a press belongs to its own kind of action.
  const act = deps.presses[action.do] as Press<ButtonAction["do"]>;
  try {
    return { words: await act(deps, { ...ctx, actor: presser.actor }, presser, action), isRefusal: false };
  } catch (error) {
    if (error instanceof AppError && error.code !== "unavailable") return { words: error.message, isRefusal: true };
    throw error;
  }
}
