import { cn } from "#components/ui/cn.ts";

import type { SlashCommand } from "./chat.ts";

export const optionId = (listId: string, { name }: SlashCommand) => `${listId}-${name}`;

/** The commands that fit what was begun, above the field. The focus stays in the field. */
export function CommandList({
  id,
  options,
  chosen,
  onPick,
}: {
  id: string;
  options: readonly SlashCommand[];
  chosen: SlashCommand | undefined;
  onPick: (command: SlashCommand) => void;
}) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Commands"
      className="absolute inset-x-0 bottom-full z-20 mb-2 animate-appear rounded-md bg-raised p-1 shadow-pop"
    >
      {options.map((option) => (
        <div
          key={option.name}
          id={optionId(id, option)}
          role="option"
          tabIndex={-1}
          aria-selected={option === chosen}
          className={cn(
            "flex min-h-8 cursor-default items-center gap-3 rounded-sm px-2 hover:bg-hover pointer-coarse:min-h-10",
            option === chosen && "bg-selected",
          )}
          // Before the field loses the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            onPick(option);
          }}
        >
          <span className="w-20 shrink-0 font-medium">/{option.name}</span>
          <span className="truncate text-sm text-muted">{option.what}</span>
        </div>
      ))}
    </div>
  );
}
