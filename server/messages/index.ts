export { telegramHandle } from "./jobs.ts";
export { type ArrivedUpdate, createReceiver, type Receiver } from "./receive.ts";
export { type IncomingMessage, type Recorded, recordMessage } from "./record.ts";
export { messagesByIds, messagesInWindow, type WindowMessage } from "./window.ts";
export { wakeLanes } from "./wake.ts";
