import { type PostInput, revise, say } from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";

import { changeSession } from "../conversations.ts";
import type { AssistantDeps } from "../deps.ts";
import { PendingInput } from "../schema.ts";
import { authorOf, type Caller, callerIn, subjectOf } from "./caller.ts";
import { changeItem, itemsFor, readTyped } from "./settings-items.ts";
import { menuAt } from "./settings-menu.ts";

type Typed<For extends PendingInput["for"]> = {
  spaceId: string;
  messageId: string;
  pending: Extract<PendingInput, { for: For }>;
};
type Take<For extends PendingInput["for"]> = (
  deps: AssistantDeps,
  ctx: Ctx,
  typed: Typed<For>,
  signal: AbortSignal,
) => Promise<void>;

/** Who takes what is typed for something else than a setting. */
type Inputs = { note: Take<"note">; objection: Take<"objection"> };

/**
 * Takes a message that was asked for. What is pending comes from the rows of a conversation; one that cannot be read is nothing any more.
 * @throws AppError `unavailable` where the channel did not answer; `cancelled`
 */
export async function input(
  deps: AssistantDeps & { inputs: Inputs },
  ctx: Ctx,
  { spaceId, messageId, pending }: { spaceId: string; messageId: string; pending: unknown },
  signal: AbortSignal,
): Promise<void> {
  const { data } = PendingInput.safeParse(pending);
  switch (data?.for) {
    case undefined:
      return;
    case "setting":
      return takeSetting(deps, ctx, { spaceId, messageId, pending: data }, signal);
    case "note":
      return deps.inputs.note(deps, ctx, { spaceId, messageId, pending: data }, signal);
    case "objection":
      return deps.inputs.objection(deps, ctx, { spaceId, messageId, pending: data }, signal);
  }
}

const takeSetting: Take<"setting"> = async (deps, ctx, { spaceId, messageId, pending }, signal) => {
  const author = await authorOf(ctx.db, { spaceId, messageId });
  if (!author) return;
  const { caller, text, externalId } = author;
  const content = await setTyped({ ...ctx, actor: caller.actor }, caller, pending, text);
  const menu = await ctx.db.prisma.post.findFirst({ where: { id: pending.postId, spaceId, deletedAt: null } });
  if (menu) {
    await revise(deps.channels, ctx, { postId: menu.id, content }, { signal });
    return;
  }
  const post = { spaceId, chatId: caller.chatId, key: `command:${messageId}`, subject: subjectOf(caller) };
  await say(deps.channels, ctx, { ...post, content, replyTo: externalId }, { signal });
};

/** Sets what was typed, or asks again. Who may not any more sees what they may. */
async function setTyped(
  ctx: Ctx,
  caller: Caller,
  pending: Extract<PendingInput, { for: "setting" }>,
  text: string,
): Promise<PostInput> {
  const { key } = pending;
  const { words } = caller;
  const item = (await itemsFor(ctx, caller)).find((each) => each.key === key);
  if (!item) return menuAt(ctx, caller, { remark: words("core.tap.role", { role: "admin" }) });
  const typed = readTyped(item, text, words);
  if (!typed.isGood) {
    await transaction(ctx.db, (tx) => changeSession(tx, ctx, caller, { pendingInput: pending }));
    return menuAt(ctx, caller, { key, isTyping: true, remark: words("settings.wrong", { why: typed.why }) });
  }
  await changeItem(ctx, caller, key, typed.value);
  const now = (await callerIn(ctx.db, caller)) ?? caller;
  return menuAt(ctx, now, { key, remark: now.words("settings.changed") });
}
