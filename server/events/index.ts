export { emit, eventsSince, type LoggedEvent, presentNotice } from "./log.ts";
export { eventPositions, tailEvents } from "./tail.ts";
