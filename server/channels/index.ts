export { askToBePaired, decider, type Door, letIn, lookAtDoor, movePairing, sayAtDoor, sayWelcome } from "./access.ts";
export { accessHandlers, type DoorLine } from "./access-jobs.ts";
export type { Bot, BotState } from "./bot.ts";
export type { ChannelPort, Channels } from "./channel.ts";
export { isToken, useLink } from "./links.ts";
export { type LivePost, sayLive } from "./live.ts";
export { type NewPost, placeOf, type PostInput, revise, say, shownOf } from "./posts.ts";
export { createWebChannel, webChatId } from "./web.ts";
