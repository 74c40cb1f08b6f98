"use client";

import type { VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";

import { buttonStyle } from "./button-style.ts";
import { cn } from "./cn.ts";
import { toast } from "./toast.tsx";
import { Hint } from "./tooltip.tsx";

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
          // A finger cannot hover: it gets the reason by trying.
          if (blockedBecause !== undefined) toast(blockedBecause);
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
