/** How long something may take. `signal` aborts when that is over. */
export type Deadline = {
  signal: AbortSignal;
  /** From now on it may take so long instead. */
  putOff: (ms: number) => void;
  /** There is nothing to wait for any more. */
  clear: () => void;
};

export function startDeadline(ms: number): Deadline {
  const over = new AbortController();
  let timer = setTimeout(() => over.abort(), ms);
  return {
    signal: over.signal,
    putOff: (laterMs) => {
      clearTimeout(timer);
      timer = setTimeout(() => over.abort(), laterMs);
    },
    clear: () => clearTimeout(timer),
  };
}
