export { authorizeChannel } from "./authorize.ts";
export { createGateway, type Gateway } from "./gateway.ts";
export { type Publisher, startPublisher } from "./publisher.ts";
export { clientRealtimeOptions, realtimeSettings, type RealtimeSettings } from "./settings.ts";
