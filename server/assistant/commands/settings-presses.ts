import { revise } from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { changeSession, openSession } from "../conversations.ts";
import type { Press } from "../tap.ts";
import { asOwner, type Caller, callerIn } from "./caller.ts";
import { changeItem, itemsFor } from "./settings-items.ts";
import { menuAt } from "./settings-menu.ts";

/** Goes to a place of the menu. */
export const pressOpen: Press<"settings.open"> = (deps, ctx, presser, { group, key }) =>
  asOwner(ctx, presser, async (caller) => {
    await stopAsking(ctx, caller);
    const content = await menuAt(ctx, caller, { group, key });
    await revise(deps.channels, ctx, { postId: presser.postId, content }, presser);
    return null;
  });

/** Gives a setting the value of the button. A menu of someone who was an admin shows what they may change now. */
export const pressSet: Press<"settings.set"> = (deps, ctx, presser, { key, value }) =>
  asOwner(ctx, presser, async (caller) => {
    await stopAsking(ctx, caller);
    const refusal = await refusalOf(() => changeItem(ctx, caller, key, value));
    // Another language may be theirs now.
    const now = (await callerIn(ctx.db, caller)) ?? caller;
    const remark = refusal ?? now.words("settings.changed");
    const content = await menuAt(ctx, now, { key, remark });
    await revise(deps.channels, ctx, { postId: presser.postId, content }, presser);
    return refusal;
  });

/** Asks for a value: the next message of the person is it. */
export const pressType: Press<"settings.type"> = (deps, ctx, presser, { key }) =>
  asOwner(ctx, presser, async (caller) => {
    const isTheirs = (await itemsFor(ctx, caller)).some((item) => item.key === key);
    const { postId } = presser;
    if (!isTheirs) {
      const refusal = caller.words("core.tap.role", { role: "admin" });
      const content = await menuAt(ctx, caller, { remark: refusal });
      await revise(deps.channels, ctx, { postId, content }, presser);
      return refusal;
    }
    await transaction(ctx.db, (tx) =>
      changeSession(tx, ctx, caller, { pendingInput: { for: "setting", key, postId } }),
    );
    const content = await menuAt(ctx, caller, { key, isTyping: true });
    await revise(deps.channels, ctx, { postId, content }, presser);
    return null;
  });

/** Puts the menu away. */
export const pressClose: Press<"settings.close"> = (deps, ctx, presser) =>
  asOwner(ctx, presser, async (caller) => {
    await stopAsking(ctx, caller);
    const content = { text: caller.words("settings.closed") };
    await revise(deps.channels, ctx, { postId: presser.postId, content }, presser);
    return null;
  });

/** Whoever goes on in the menu does not type a value any more: their next message is what it says. */
async function stopAsking(ctx: Ctx, caller: Caller): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const { pendingInput } = await openSession(tx, ctx, caller);
    if (pendingInput?.for === "setting") await changeSession(tx, ctx, caller, { pendingInput: null });
  });
}

/** What a person may not do, in words for them; null where it was done. */
async function refusalOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code !== "unavailable") return error.message;
    throw error;
  }
}
