export { commandCatalogue } from "./commands/catalogue.ts";
export type { AssistantDeps } from "./deps.ts";
export { edited, reacted, stop, tap } from "./ears.ts";
export { hear } from "./hear.ts";
export { assistantPrompts } from "./prompts.ts";
export { startAnnouncer } from "./review/index.ts";
