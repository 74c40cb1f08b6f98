"use client";

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";

/** What the server rendered with, so that the first paint in the browser says the same. */
type ServerClock = { now: number; timeZone: string };

const ServerClockContext = createContext<ServerClock>({ now: 0, timeZone: "UTC" });

/** @param now milliseconds since 1970 at the time of rendering on the server */
export function ClockProvider({ now, timeZone, children }: ServerClock & { children: ReactNode }) {
  return <ServerClockContext value={{ now, timeZone }}>{children}</ServerClockContext>;
}

const TICK_MS = 10_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let current = 0;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    current = Date.now();
    for (const tell of listeners) tell();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function readNow() {
  // Read again when it is old because nobody listened for a while.
  if (Date.now() - current > TICK_MS) current = Date.now();
  return current;
}

/** The time now in milliseconds since 1970, a few seconds behind at most; one timer for the whole page. */
export function useNow(): number {
  const { now } = useContext(ServerClockContext);
  return useSyncExternalStore(subscribe, readNow, () => now);
}

const never = () => () => {};

/** The viewer's time zone; on the server and in the first paint the space's. */
export function useTimeZone(): string {
  const { timeZone } = useContext(ServerClockContext);
  return useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => timeZone,
  );
}
