export { emit, eventsSince, presentNotice, type LoggedEvent, type NewEvent } from "./log.ts";
export { eventPositions, type Tail, tailEvents } from "./tail.ts";
