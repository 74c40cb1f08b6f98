"use client";

import { useEffect, useState } from "react";

/** The text once nobody has changed it for a moment: what to ask the server while someone types. Emptied at once. */
export function useSettled(text: string, restMs = 200): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), restMs);
    return () => clearTimeout(timer);
  }, [text, restMs]);
  return text === "" ? "" : settled;
}
