"use client";

import { COMMAND_GROUPS, type CommandName, COMMANDS } from "#components/review/commands.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cn } from "#components/ui/cn.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { Kbd } from "#components/ui/kbd.tsx";

import { useAvailableCommands, useKeysEnabled } from "./commands.tsx";

const NAMES = Object.keys(COMMANDS) as CommandName[];

/** Every key, from the table that feeds the handlers. Those of another page are shown paler. */
export function KeysHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Keyboard shortcuts"
      description="They rest while you type or a dialog is open."
    >
      {open && <KeyTable />}
      <KeysSwitch />
    </Dialog>
  );
}

function KeyTable() {
  const available = useAvailableCommands()();
  return (
    <div className="gap-x-8 sm:columns-2">
      {COMMAND_GROUPS.map((group) => (
        <section key={group} className="mb-4 break-inside-avoid">
          <h3 className="mb-1 text-sm font-medium text-muted">{group}</h3>
          <dl>
            {NAMES.filter((name) => COMMANDS[name].group === group).map((name) => (
              <div key={name} className="flex min-h-8 items-center justify-between gap-4">
                <dt className={cn(available.has(name) ? "text-ink" : "text-muted")}>
                  {COMMANDS[name].label}
                  {!available.has(name) && <span className="sr-only"> (not on this page)</span>}
                </dt>
                <dd>
                  <Kbd keys={COMMANDS[name].keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

function KeysSwitch() {
  const [isEnabled, setEnabled] = useKeysEnabled();
  return (
    <label className="mt-4 flex min-h-8 items-center gap-2 border-t pt-3">
      <Checkbox checked={isEnabled} onChange={(event) => setEnabled(event.target.checked)} />
      Single keys do things
      <span className="text-sm text-muted">Switch off if they get in your way; kept in this browser.</span>
    </label>
  );
}
