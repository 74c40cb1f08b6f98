/** Lanes of this process that wait until a batch of their run is over, by run. */
const waiting = new Map<string, Set<() => void>>();

/** Waits until a batch of the run is over in this process, or for so long: of those of other processes nobody tells. */
export async function untilWoken(runId: string, mostMs: number, signal: AbortSignal): Promise<void> {
  const lanes = waiting.get(runId) ?? new Set();
  waiting.set(runId, lanes);
  await new Promise<void>((resolve) => {
    const wakeUp = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wakeUp);
      lanes.delete(wakeUp);
      resolve();
    };
    const timer = setTimeout(wakeUp, mostMs);
    signal.addEventListener("abort", wakeUp);
    lanes.add(wakeUp);
  });
  if (lanes.size === 0 && waiting.get(runId) === lanes) waiting.delete(runId);
}

/** A batch of the run is over: what had to wait for it need not wait longer. */
export function wakeLanes(runId: string): void {
  for (const wakeUp of [...(waiting.get(runId) ?? [])]) wakeUp();
}
