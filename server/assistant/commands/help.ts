import { type PostInput, revise } from "#server/channels/index.ts";
import { escapeText } from "#server/knowledge/index.ts";
import { transaction } from "#server/lib/db.ts";

import { changeSession } from "../conversations.ts";
import { AssistantMode } from "../schema.ts";
import type { Press } from "../tap.ts";
import { button } from "../buttons.ts";
import { type Answer, paragraphs } from "./answer.ts";
import { asOwner, type Caller } from "./caller.ts";
import { otherCommands } from "./catalogue.ts";

const MODES = Object.values(AssistantMode);

/** What Winnow does and how to ask for it. */
export const help: Answer = async (_deps, ctx, caller) => {
  if (!caller.isPrivate) return helpPost(caller, null);
  const { chatId, contributorId } = caller;
  const conversation = await ctx.db.prisma.conversation.findFirst({
    where: { chatId, contributorId, endedAt: null },
    select: { mode: true },
  });
  return helpPost(caller, conversation?.mode ?? "note");
};

/** @param mode what a message without a command asks for; null in a group, where it asks for nothing */
function helpPost(caller: Caller, mode: AssistantMode | null): PostInput {
  const { words, space, language, isPrivate } = caller;
  const modes = MODES.map((each) => `${words(`commands.help.${each}`)}\n${example(caller, each)}`);
  return {
    text: paragraphs(
      words("commands.help.hello", { space: escapeText(space.name) }),
      ...modes,
      mode ? words(`commands.mode.now.${mode}`) : words("commands.help.group"),
      `${words("commands.help.more")}\n\n${otherCommands(language, isPrivate)}`,
    ),
    buttons: mode ? [modeButtons(caller, mode)] : [],
  };
}

function modeButtons({ words }: Caller, current: AssistantMode) {
  return MODES.map((mode) =>
    button(`${mode === current ? "✓ " : ""}${words(`commands.mode.name.${mode}`)}`, { do: "mode", mode }),
  );
}

const example = ({ words }: Caller, mode: AssistantMode) => `\`${words(`commands.example.${mode}`)}\``;

/** What a command of a mode does that came alone: a private chat is in that mode already, a group is told how to use it. */
export const modeAlone =
  (mode: AssistantMode): Answer =>
  (_deps, _ctx, caller) => {
    const { words, isPrivate } = caller;
    if (isPrivate) return { text: `${words(`commands.mode.now.${mode}`)}\n${example(caller, mode)}` };
    const orAnswer = mode === "note" && words("commands.mode.orAnswer", { name: mode });
    return { text: paragraphs(`${words("commands.mode.inGroup")}\n${example(caller, mode)}`, orAnswer) };
  };

/** Switches the mode of the conversation. */
export const pressMode: Press<"mode"> = (deps, ctx, presser, { mode }) =>
  asOwner(ctx, presser, async (caller) => {
    await transaction(ctx.db, (tx) => changeSession(tx, ctx, caller, { mode, pendingInput: null }));
    await revise(deps.channels, ctx, { postId: presser.postId, content: helpPost(caller, mode) }, presser);
    return null;
  });

/** A conversation that was ended by its command. */
export const reset: Answer = (_deps, _ctx, { words }) => ({ text: words("commands.reset") });

/** A command that nobody knows. */
export const unknown =
  (name: string): Answer =>
  (_deps, _ctx, { words, language }) => ({
    text: paragraphs(
      words("commands.unknown", { name: escapeText(name.slice(0, 64)) }),
      `${MODES.map((mode) => `- /${mode} – ${words(`commands.list.${mode}`)}`).join("\n")}\n${otherCommands(language, true)}`,
    ),
  });
