import { say } from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import type { AssistantDeps } from "../deps.ts";
import type { Presses } from "../tap.ts";
import type { Answer } from "./answer.ts";
import { authorOf, subjectOf } from "./caller.ts";
import { cancel } from "./cancel.ts";
import { help, modeAlone, pressMode, reset, unknown } from "./help.ts";
import { me, pressMe } from "./me.ts";
import { model, pressModel } from "./model.ts";
import { pressClose, pressOpen, pressSet, pressType } from "./settings-presses.ts";
import { settings } from "./settings-menu.ts";
import { kb, status } from "./status.ts";

export { input } from "./input.ts";

const answers: Readonly<Record<string, Answer>> = {
  ...{ start: help, help, reset, cancel, model, settings, status, me, kb },
  ...{ note: modeAlone("note"), ask: modeAlone("ask"), agent: modeAlone("agent") },
};

/** What the buttons under the answers to commands do. */
export const commandPresses: Pick<
  Presses,
  "mode" | "model" | "settings.open" | "settings.set" | "settings.type" | "settings.close" | "me"
> = {
  mode: pressMode,
  model: pressModel,
  "settings.open": pressOpen,
  "settings.set": pressSet,
  "settings.type": pressType,
  "settings.close": pressClose,
  me: pressMe,
};

/**
 * Answers a command, as the person who gave it and in their language. The same job again says it in the same place.
 * @throws AppError `unavailable` where the channel did not answer; `cancelled`
 */
export async function command(
  deps: AssistantDeps,
  ctx: Ctx,
  { spaceId, messageId, name, words }: { spaceId: string; messageId: string; name: string; words: string },
  signal: AbortSignal,
): Promise<void> {
  const author = await authorOf(ctx.db, { spaceId, messageId });
  if (!author) return;
  const { caller, externalId } = author;
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
  const content = await (answer ?? unknown(name))(deps, { ...ctx, actor: caller.actor }, caller, { words, signal });
  const post = { spaceId, chatId: caller.chatId, key: `command:${messageId}`, subject: subjectOf(caller) };
  await say(deps.channels, ctx, { ...post, content, replyTo: externalId }, { signal });
}
