"use client";

import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";

import { cn } from "./cn.ts";
import { Hint } from "./tooltip.tsx";

export const buttonStyle = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors disabled:opacity-55 aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-ink text-surface hover:bg-soft",
        secondary: "border border-control bg-surface text-ink hover:bg-hover",
        ghost: "text-soft hover:bg-hover hover:text-ink",
        danger: "border border-control bg-surface text-danger hover:bg-danger-soft",
        link: "text-accent-ink underline decoration-1 underline-offset-2 hover:decoration-2",
      },
      size: {
        sm: "h-7 px-2 text-sm pointer-coarse:h-9",
        md: "h-8 px-3 text-base pointer-coarse:h-10",
        lg: "h-10 px-4 text-base pointer-coarse:h-11",
        icon: "size-8 pointer-coarse:size-10",
        iconSm: "size-7 pointer-coarse:size-9",
        inline: "h-auto min-h-6 rounded-sm",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof buttonStyle> & {
    /** Style the only child (a link, say) as a button. */
    asChild?: boolean;
    /** Shows that it is at work and takes no second press. */
    isBusy?: boolean;
    /** Why it cannot be used now. It stays reachable, so that the reason can be read. */
    blockedBecause?: string;
  };

/** A button. Blocked with a reason rather than silently disabled wherever there is something to say. */
export function Button({
  variant,
  size,
  asChild = false,
  isBusy = false,
  blockedBecause,
  className,
  children,
  onClick,
  type = "button",
  ...props
}: ButtonProps) {
  const classes = cn(buttonStyle({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    );
  }
  const isBlocked = isBusy || blockedBecause !== undefined;
  const button = (
    <button
      type={type}
      className={classes}
      aria-disabled={isBlocked || undefined}
      aria-busy={isBusy || undefined}
      onClick={(event) => {
        if (isBlocked) {
          event.preventDefault();
          return;
        }
        onClick?.(event);
      }}
      {...props}
    >
      {isBusy && <LoaderCircle aria-hidden className="animate-spin" />}
      {children}
    </button>
  );
  return blockedBecause === undefined ? button : <Hint label={blockedBecause}>{button}</Hint>;
}
