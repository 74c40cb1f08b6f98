import { type Api, GrammyError } from "grammy";

import { type Asking, untilAnswered } from "./asking.ts";
import { signalOf } from "./poll.ts";

/** What the bot offers in a kind of chats, in one language. */
export type CommandList = {
  scope: "all_private_chats" | "all_group_chats" | "all_chat_administrators";
  /** Two letters, for people whose Telegram is in that language; "" for all others. */
  language: "" | "ru";
  commands: Array<{ command: string; description: string }>;
};

/**
 * Tells Telegram which commands to offer, one list after the other, until it has them all or the asking ends. A list that Telegram refuses
 * for what it says is logged and left out: asking again would not help.
 */
export async function registerCommands(asking: Asking, api: Api, catalogue: CommandList[]): Promise<void> {
  for (const { scope, language, commands } of catalogue) {
    const set = async () => {
      try {
        await api.setMyCommands(
          commands,
          { scope: { type: scope }, ...(language === "" ? {} : { language_code: language }) },
          signalOf(asking.signal),
        );
      } catch (error) {
        if (!(error instanceof GrammyError) || error.error_code !== 400) throw error;
        asking.log.error(
          { scope, language, reason: error.description },
          "telegram.commands are not offered: Telegram refuses the list. Check its names and descriptions.",
        );
      }
      return true;
    };
    await untilAnswered(asking, "setMyCommands", set);
  }
}
