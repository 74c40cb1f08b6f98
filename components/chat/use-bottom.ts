"use client";

import { useCallback, useEffect, useRef, useState } from "react";

/** This near to the end counts as at the end. */
const NEAR_PX = 40;

/**
 * Keeps the end of a list that grows in sight, unless its reader has scrolled away from it.
 * @param newest changes when something new stands at the end
 * @param own changes when the reader added something: then they want to see it, wherever they were
 */
export function useBottom(newest: string, own: number | undefined) {
  const frameRef = useRef<HTMLDivElement>(null);
  const contentRef = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  // What was the newest when the reader scrolled away; null while they are at the end.
  const [leftAt, setLeftAt] = useState<string | null>(null);

  const goDown = useCallback(() => {
    isAtEnd.current = true;
    frameRef.current?.scrollTo({ top: frameRef.current.scrollHeight });
  }, []);

  // The size of things on the screen is the outside system: text that is still being written grows without being told.
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) goDown();
    });
    for (const element of [frameRef.current, contentRef.current]) if (element) observer.observe(element);
    return () => observer.disconnect();
  }, [goDown]);
  // So is the place where the reader is.
  useEffect(() => {
    if (own !== undefined) goDown();
  }, [own, goDown]);

  return {
    frameRef,
    contentRef,
    goDown,
    hasNewBelow: leftAt !== null && leftAt !== newest,
    onScroll: () => {
      const frame = frameRef.current;
      if (!frame) return;
      isAtEnd.current = frame.scrollHeight - frame.scrollTop - frame.clientHeight < NEAR_PX;
      setLeftAt((before) => (isAtEnd.current ? null : (before ?? newest)));
    },
  };
}
