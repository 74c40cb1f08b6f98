import { ChevronDown, ChevronUp } from "lucide-react";

import { Button } from "#components/ui/button.tsx";
import { Hint } from "#components/ui/tooltip.tsx";

import { COMMANDS } from "./commands.ts";
import type { Queue } from "./use-queue.ts";

/** Where the shown proposal stands in the queue, and the steps to the ones around it. */
export function Neighbours({ queue }: { queue: Queue }) {
  const { place, counts, filters, items } = queue;
  const steps = [
    { command: COMMANDS.previous, step: -1, icon: ChevronUp },
    { command: COMMANDS.next, step: 1, icon: ChevronDown },
  ] as const;
  return (
    <div className="flex shrink-0 items-center">
      {place !== null && (
        <span className="mr-1 text-sm whitespace-nowrap text-muted tabular-nums max-sm:hidden">
          {place + 1} of {counts?.[filters.status] ?? items.length}
        </span>
      )}
      {steps.map(({ command, step, icon: Icon }) => {
        const item = queue.neighbour(step);
        return (
          <Hint key={step} label={command.label} keys={command.keys}>
            <Button
              variant="ghost"
              size="iconSm"
              aria-label={command.label}
              aria-disabled={item === null || undefined}
              onClick={() => item && queue.show(item.id)}
            >
              <Icon />
            </Button>
          </Hint>
        );
      })}
    </div>
  );
}
