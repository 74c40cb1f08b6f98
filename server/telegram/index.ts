export { createBot } from "./bot.ts";
export { createTelegramChannel } from "./channel.ts";
export { createWebhook, webhookSecret } from "./webhook.ts";
export { botIdOf, startTelegram } from "./connect.ts";
