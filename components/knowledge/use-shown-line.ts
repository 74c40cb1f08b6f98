import { type RefObject, useEffect, useRef } from "react";

/** Marks the place that a link into a text leads to: the first block from that line on, brought into view once. */
export function useShownLine(line: number | null): RefObject<HTMLDivElement | null> {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const blocks = [...(ref.current?.querySelectorAll<HTMLElement>("[data-line]") ?? [])];
    const block =
      line === null ? undefined : (blocks.find((each) => Number(each.dataset["line"]) >= line) ?? blocks.at(-1));
    if (!block) return;
    block.classList.add("shown-place");
    block.scrollIntoView({ block: "center" });
    return () => block.classList.remove("shown-place");
  }, [line]);
  return ref;
}
