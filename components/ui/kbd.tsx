import { cn } from "./cn.ts";

/** Keys as caps: `["g", "r"]` is g, then r. */
export function Kbd({ keys, className }: { keys: readonly string[]; className?: string }) {
  return (
    <span className={cn("inline-flex shrink-0 items-center gap-0.5", className)}>
      {keys.map((key) => (
        <kbd
          key={key}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-line bg-sunken px-1 font-sans text-xs text-soft"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
