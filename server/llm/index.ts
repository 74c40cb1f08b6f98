export type { Usage } from "./attempt.ts";
export { defineDecision, tagged } from "./decision.ts";
export { createLlm, type Llm } from "./llm.ts";
export type { AgentMessage, ChatMessage } from "./messages.ts";
export { DEFAULT_TIMING, type LlmTiming } from "./policies.ts";
export { type Provider, providerOf } from "./provider.ts";
export type { ToolCall, ToolSpec } from "./step.ts";
