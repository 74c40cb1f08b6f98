import type { Log } from "./log.ts";

/**
 * Looks now and every so often, one look after the other, until stopped. A look that fails is logged under `name` and tried
 * again at its next time.
 * @returns `stop`, which waits for the look under way
 */
export function keepLooking(
  { log, name, everyMs }: { log: Log; name: string; everyMs: number },
  look: () => Promise<void>,
): { stop: () => Promise<void> } {
  const tryToLook = async () => {
    try {
      await look();
    } catch (error) {
      log.warn({ error }, `${name} could not look; trying again`);
    }
  };
  let looking = tryToLook();
  const timer = setInterval(() => {
    looking = looking.then(tryToLook);
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
