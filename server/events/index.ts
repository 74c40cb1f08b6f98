export { emit, eventsSince, type LoggedEvent, presentNotice } from "./log.ts";
export { readLogAlone } from "./read-alone.ts";
export { eventPositions, tailEvents } from "./tail.ts";
