export { emit, eventsSince, presentNotice, type LoggedEvent, type NewEvent } from "./log.ts";
export { type Tail, tailEvents } from "./tail.ts";
