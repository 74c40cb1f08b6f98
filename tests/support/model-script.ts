import type { Reply } from "./fake-model-replies.ts";

/** An answer of the model that calls a tool. */
export const call = (name: string, args: unknown): Reply => ({ type: "calls", calls: [{ name, arguments: args }] });
/** An answer that ends the task. */
export const done = (text = "Done."): Reply => ({ type: "text", text });
/** The first answer to a task. */
export const plan = (...steps: string[]): Reply => call("plan", { steps });
