/** US dollars for a million tokens, [read, written, read from the cache], as published for the models themselves. */
const PRICES: Readonly<Record<string, readonly [number, number, number?]>> = {
  "gpt-4.1": [2, 8, 0.5],
  "gpt-4.1-mini": [0.4, 1.6, 0.1],
  "gpt-4.1-nano": [0.1, 0.4, 0.025],
  "gpt-4o": [2.5, 10, 1.25],
  "gpt-4o-mini": [0.15, 0.6, 0.075],
  "gpt-5": [1.25, 10, 0.125],
  "gpt-5-mini": [0.25, 2, 0.025],
  "gpt-5-nano": [0.05, 0.4, 0.005],
  o1: [15, 60, 7.5],
  o3: [2, 8, 0.5],
  "o3-mini": [1.1, 4.4, 0.55],
  "o4-mini": [1.1, 4.4, 0.275],
  "gpt-4-turbo": [10, 30],
  "gpt-3.5-turbo": [0.5, 1.5],
  "text-embedding-3-small": [0.02, 0],
  "text-embedding-3-large": [0.13, 0],
  "text-embedding-ada-002": [0.1, 0],
  "claude-3-haiku": [0.25, 1.25],
  "claude-3.5-haiku": [0.8, 4],
  "claude-3.5-sonnet": [3, 15],
  "claude-3.7-sonnet": [3, 15],
  "claude-sonnet-4": [3, 15],
};

/**
 * What a call cost in US dollars; null where the model's price or the number of tokens is not known.
 * @param cachedTokens how many of those read came from the endpoint's cache, where it says so
 */
export function costUsd(
  model: string,
  inputTokens: number | null,
  outputTokens: number | null,
  cachedTokens: number | null = null,
): number | null {
  // Endpoints add a maker in front and a date behind: openai/gpt-4.1-mini, gpt-4.1-mini-2025-04-14.
  const name = model.replace(/^(?:openai|anthropic)\//u, "").replace(/-\d{4}-\d{2}-\d{2}$/u, "");
  // People name models, also "constructor".
  const price = Object.hasOwn(PRICES, name) ? PRICES[name] : undefined;
  if (!price || inputTokens === null || outputTokens === null) return null;
  const [read, written, readFromCache = read] = price;
  const cached = Math.min(cachedTokens ?? 0, inputTokens);
  return ((inputTokens - cached) * read + cached * readFromCache + outputTokens * written) / 1_000_000;
}
