"use client";

import { useEffect, useRef } from "react";

/**
 * Keeps the focus near when what has it goes away: it comes to the part of the page that this stood in.
 * @returns the ref of that part, which needs `tabIndex={-1}`
 */
export function useKeptFocus<Part extends HTMLElement>() {
  const ref = useRef<Part>(null);
  // The focus is the outside system: browsers drop it without a word when its element is taken out.
  useEffect(() => {
    const part = ref.current;
    if (!part) return undefined;
    let holder: EventTarget | null = null;
    const remember = ({ target }: FocusEvent) => (holder = target === part ? null : target);
    // Some browsers tell of the loss before the element is out, as if a person had left it.
    const forget = ({ target }: FocusEvent) =>
      setTimeout(() => {
        if (holder === target && target instanceof Node && target.isConnected) holder = null;
      });
    const observer = new MutationObserver(() => {
      if (!(holder instanceof Node) || holder.isConnected) return;
      holder = null;
      if (document.activeElement === document.body) part.focus({ preventScroll: true });
    });
    part.addEventListener("focusin", remember);
    part.addEventListener("focusout", forget);
    observer.observe(part, { childList: true, subtree: true });
    return () => {
      part.removeEventListener("focusin", remember);
      part.removeEventListener("focusout", forget);
      observer.disconnect();
    };
  }, []);
  return ref;
}
