export { telegramHandle } from "./jobs.ts";
export { moveChat } from "./move.ts";
export { type ArrivedUpdate, createReceiver, type Receiver } from "./receive.ts";
export { type IncomingMessage, recordAuthors, recordMessage } from "./record.ts";
export { keepLanesAwake, wakeLanes } from "./wake.ts";
export { messagesByIds, messagesInWindow, type WindowMessage } from "./window.ts";
