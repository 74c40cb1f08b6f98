import { Check, X } from "lucide-react";

import { Button } from "#components/ui/button.tsx";
import { Hint } from "#components/ui/tooltip.tsx";

import { COMMANDS } from "./commands.ts";
import { type Reason, RejectBar } from "./reject-bar.tsx";
import { counted } from "./words.ts";

/** What to do with everything that is selected: the number is said before, and undo takes all of it back at once. */
export function BulkBar({
  count,
  isBusy,
  isRejecting,
  onApprove,
  onReject,
  onAskReason,
  onClear,
}: {
  count: number;
  isBusy: boolean;
  isRejecting: boolean;
  onApprove: () => void;
  onReject: (why?: Reason) => void;
  onAskReason: (asks: boolean) => void;
  onClear: () => void;
}) {
  return (
    <div
      role="group"
      aria-label={`${counted(count, "proposal")} selected`}
      className="flex flex-wrap items-center gap-2 border-t px-3 py-2"
    >
      {isRejecting ? (
        <RejectBar title={counted(count, "proposal")} onReject={onReject} onCancel={() => onAskReason(false)} />
      ) : (
        <>
          <span role="status" className="mr-auto text-sm font-medium tabular-nums">
            {count} selected
          </span>
          <Hint label={`Approve ${counted(count, "proposal")}`} keys={COMMANDS.approve.keys} side="top">
            <Button size="sm" variant="primary" isBusy={isBusy} onClick={onApprove}>
              {!isBusy && <Check aria-hidden />}
              Approve {count}
            </Button>
          </Hint>
          <Hint label={`Reject ${counted(count, "proposal")}`} keys={COMMANDS.reject.keys} side="top">
            <Button size="sm" isBusy={isBusy} onClick={() => onAskReason(true)}>
              Reject {count}
            </Button>
          </Hint>
          <Hint label="Clear the selection" keys={COMMANDS.cancel.keys} side="top">
            <Button size="iconSm" variant="ghost" aria-label="Clear the selection" onClick={onClear}>
              <X />
            </Button>
          </Hint>
        </>
      )}
    </div>
  );
}
