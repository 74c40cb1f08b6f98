export { commandCatalogue } from "./commands/catalogue.ts";
export type { AssistantDeps } from "./deps.ts";
export { reacted, stop, tap } from "./ears.ts";
export { hear } from "./hear.ts";
export { startAnnouncer } from "./review/index.ts";
