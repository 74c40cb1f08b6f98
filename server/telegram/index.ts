export { createWebhook, webhookSecret } from "./webhook.ts";
export { botIdOf, startTelegram } from "./connect.ts";
