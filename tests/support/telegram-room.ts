import { randomInt } from "node:crypto";

import { expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import type { SettingKey } from "#server/settings/index.ts";
import { setSetting } from "#server/settings/index.ts";

import type { FakeMessage } from "./fake-telegram-chats.ts";
import type { Make } from "./make.ts";
import { startFakeTelegram } from "./fake-telegram.ts";
import { startServices } from "./services.ts";

const PATIENCE = { timeout: 20_000, interval: 25 };

type Options = Parameters<typeof startServices>[1] & { settings?: Partial<Record<SettingKey, unknown>> };

/** A space where updates arrive: they all belong to the first one that there is. */
export async function onlySpace(ctx: Ctx, make: Make): Promise<string> {
  await ctx.db.prisma.space.deleteMany();
  return (await make.space()).id;
}

/** Everything of Winnow with a bot at a Telegram of the test's own, and people who talk with it. */
export async function openTelegramRoom(ctx: Ctx, spaceId: string, options: Options = {}) {
  const telegram = await startFakeTelegram();
  for (const [key, value] of Object.entries({ "messages.groupWindowS": 1, ...options.settings })) {
    await setSetting(ctx, { spaceId, key: key as SettingKey, value });
  }
  const services = await startServices(ctx, {
    ...options,
    env: {
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.apiRoot,
      TELEGRAM_ALLOWED_USER_IDS: "5101,5102",
      ...options.env,
    },
  });
  let updateId = randomInt(1_000_000, 900_000_000);
  let messageId = randomInt(1, 5_000);

  /** Someone who talks with the bot, in private or in a group. */
  const person = (id: number, name: string, where: { chat?: object; language?: string } = {}) => {
    const from = { id, is_bot: false, first_name: name, language_code: where.language ?? "en" };
    const chat = where.chat ?? { id, type: "private", first_name: name };
    const chatId = (chat as { id: number }).id;
    const send = async (kind: string, content: object) => {
      updateId += 1;
      const answer = await services.send({ update_id: updateId, [kind]: content });
      expect(answer.status).toBe(200);
    };
    const heardBy = () => telegram.messagesIn(chatId);
    const settled = async (isIt: (message: FakeMessage) => boolean) => {
      await expect.poll(() => heardBy().some(isIt), PATIENCE).toBe(true);
      return heardBy().findLast(isIt)!;
    };
    return {
      chatId,
      from,
      /** Sends a message; @returns its id in the chat. */
      say: async (text: string, more: object = {}) => {
        messageId += 1;
        const said = text === "" ? {} : { text };
        const entities = /^\/\w+/.exec(text);
        await send("message", {
          message_id: messageId,
          from,
          chat,
          date: Math.floor(Date.now() / 1000),
          ...said,
          ...(entities ? { entities: [{ type: "bot_command", offset: 0, length: entities[0].length }] } : {}),
          ...more,
        });
        return messageId;
      },
      /** Presses the button of this name under the newest message that has one. */
      press: async (label: string) => {
        const under = await settled((message) => message.buttons.flat().some((each) => each.text === label));
        const button = under.buttons.flat().find((each) => each.text === label);
        if (!button || !("callback_data" in button)) throw new Error(`The button ${label} carries no token.`);
        await send("callback_query", {
          id: String(randomInt(1, 2 ** 47)),
          from,
          chat_instance: "1",
          message: { message_id: under.id, chat, date: Math.floor(Date.now() / 1000), text: under.text },
          data: button.callback_data,
        });
        return under.id;
      },
      send,
      /** Waits until Winnow says something like this, and gives the message. */
      hears: (words: string | RegExp) =>
        settled(({ text }) => (typeof words === "string" ? text.includes(words) : words.test(text))),
      messages: heardBy,
    };
  };

  return {
    telegram,
    services,
    person,
    stop: async () => {
      await services.stop();
      await telegram.stop();
    },
  };
}
