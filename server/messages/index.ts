export { closeBurst, joinBurst } from "./bursts.ts";
export type { IncomingAttachment } from "./attachments.ts";
export { telegramHandle } from "./jobs.ts";
export { moveChat } from "./move.ts";
export { type ArrivedUpdate, createReceiver, type Receiver } from "./receive.ts";
export {
  type Author,
  type IncomingChat,
  type IncomingMessage,
  recordAuthors,
  recordMessage,
  recordPlace,
} from "./record.ts";
export { keepLanesAwake, wakeLanes } from "./wake.ts";
export { messagesByIds, messagesInWindow, originName, type WindowMessage } from "./window.ts";
