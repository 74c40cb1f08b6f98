export { startAnnouncer } from "./announcer.ts";
export { objection } from "./objection.ts";
export { reviewPresses } from "./presses.ts";
