export { defineDecision, tagged } from "./decision.ts";
export { createLlm, type Llm, type Provider, providerOf } from "./llm.ts";
export { DEFAULT_TIMING, type LlmTiming } from "./policies.ts";
