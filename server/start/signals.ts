import type { Winnow } from "./winnow.ts";

/** npm hands a signal on that the terminal has sent to us as well: those belong together. */
const SAME_WISH_MS = 800;

/**
 * Ctrl-C, SIGTERM or a closed terminal stops everything in order; a second one does not wait for what is under way.
 * @returns a signal that is aborted when the stop begins
 */
export function stopOnSignals(starting: Promise<Winnow>): AbortSignal {
  const stopping = new AbortController();
  // Why it did not start, whoever started it will say.
  const started = starting.catch(() => null);
  let isStarted = false;
  void started.then(() => (isStarted = true));
  let firstMs: number | undefined;
  const onSignal = async () => {
    const nowMs = Date.now();
    if (firstMs !== undefined) {
      if (nowMs - firstMs < SAME_WISH_MS) return;
      // Whatever is starting notices that we are gone, and goes as well.
      if (!isStarted) process.exit(1);
      (await started)?.kill();
      return;
    }
    firstMs = nowMs;
    stopping.abort();
    const winnow = await started;
    if (!winnow) return;
    await winnow.stop();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void onSignal());
  return stopping.signal;
}
