"use client";

import { useCallback, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** Text kept in this browser under a key, the same in every tab. Null where there is none, and on the server. */
export function useStored(key: string): [string | null, (value: string | null) => void] {
  const value = useSyncExternalStore(
    subscribe,
    () => readStored(key),
    () => null,
  );
  const set = useCallback((next: string | null) => store(key, next), [key]);
  return [value, set];
}

/** A yes or no kept in this browser. */
export function useStoredFlag(key: string, fallback: boolean): [boolean, (value: boolean) => void] {
  const [value, set] = useStored(key);
  const setFlag = useCallback((next: boolean) => set(String(next)), [set]);
  return [value === null ? fallback : value === "true", setFlag];
}

/** The text kept under a key. Null where there is none, or where the browser refuses to look. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/** Keeps or, with null, forgets a text. A browser that refuses to store loses the comfort, not the page. */
export function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
  for (const tell of listeners) tell();
}
