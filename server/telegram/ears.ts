import type { edited, hear, reacted, stop, tap } from "#server/assistant/index.ts";

/**
 * Who listens to people that may be heard, in the transaction that records what they did. What is thrown takes back what the
 * listener did, and nothing else; so does an event that it announced.
 */
export type Ears = {
  hear: typeof hear;
  edited: typeof edited;
  tap: typeof tap;
  stop: typeof stop;
  reacted: typeof reacted;
};

/** Nobody listens. */
export const noEars: Ears = {
  hear: async () => {},
  edited: async () => {},
  tap: async () => {},
  stop: async () => {},
  reacted: async () => {},
};
