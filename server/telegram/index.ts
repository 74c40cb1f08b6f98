export { createWebhook, webhookSecret } from "./webhook.ts";
export { botIdOf, startTelegram, type TelegramConnection, WEBHOOK_PATH } from "./connect.ts";
