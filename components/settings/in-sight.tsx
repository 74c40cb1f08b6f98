import type { ReactNode } from "react";

const scrollIntoSight = (part: HTMLElement | null) => part?.scrollIntoView({ block: "nearest" });

/**
 * What has just come up and has to be seen, above the bar that stays at the foot of a form.
 * @param props.isWanted false where nobody has asked for it: whoever writes is not pulled away
 */
export function InSight({ isWanted = true, children }: { isWanted?: boolean; children: ReactNode }) {
  return (
    <div ref={isWanted ? scrollIntoSight : undefined} className="scroll-mb-16">
      {children}
    </div>
  );
}
