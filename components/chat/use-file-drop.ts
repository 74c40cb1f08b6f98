"use client";

import { type DragEvent, useState } from "react";

/**
 * Takes files that are dragged onto a part of the page.
 * @param onFiles gets them; null where none are taken
 */
export function useFileDrop(onFiles: ((files: readonly File[]) => void) | null) {
  // Entering a part inside comes before leaving the one around it.
  const [depth, setDepth] = useState(0);
  const isOurs = (event: DragEvent) => onFiles !== null && event.dataTransfer.types.includes("Files");
  return {
    isOver: depth > 0,
    handlers: {
      onDragEnter: (event: DragEvent) => {
        if (isOurs(event)) setDepth((before) => before + 1);
      },
      onDragOver: (event: DragEvent) => {
        if (isOurs(event)) event.preventDefault();
      },
      onDragLeave: (event: DragEvent) => {
        if (isOurs(event)) setDepth((before) => Math.max(0, before - 1));
      },
      onDrop: (event: DragEvent) => {
        if (!isOurs(event)) return;
        event.preventDefault();
        setDepth(0);
        onFiles?.([...event.dataTransfer.files]);
      },
    },
  };
}
