/** US dollars for a million tokens, [input, output], as published for the models themselves. */
const PRICES: Readonly<Record<string, readonly [number, number]>> = {
  "gpt-4.1": [2, 8],
  "gpt-4.1-mini": [0.4, 1.6],
  "gpt-4.1-nano": [0.1, 0.4],
  "gpt-4o": [2.5, 10],
  "gpt-4o-mini": [0.15, 0.6],
  "gpt-5": [1.25, 10],
  "gpt-5-mini": [0.25, 2],
  "gpt-5-nano": [0.05, 0.4],
  "o4-mini": [1.1, 4.4],
  "text-embedding-3-small": [0.02, 0],
  "text-embedding-3-large": [0.13, 0],
};

/** What a call cost in US dollars; null where the model's price or the number of tokens is not known. */
export function costUsd(model: string, inputTokens: number | null, outputTokens: number | null): number | null {
  // Endpoints add a maker in front and a date behind: openai/gpt-4.1-mini, gpt-4.1-mini-2025-04-14.
  const price = PRICES[model.replace(/^openai\//u, "").replace(/-\d{4}-\d{2}-\d{2}$/u, "")];
  if (!price || inputTokens === null || outputTokens === null) return null;
  return (inputTokens * price[0] + outputTokens * price[1]) / 1_000_000;
}
