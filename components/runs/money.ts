/** "$0.0142", "$3.20"; null in words. */
export function inDollars(usd: number | null, unknown = "price not known"): string {
  if (usd === null) return unknown;
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}
