export { telegramHandlers } from "./handlers.ts";
export { createWebhook, webhookSecret } from "./webhook.ts";
export { botIdOf, startTelegram, type TelegramConnection } from "./connect.ts";
