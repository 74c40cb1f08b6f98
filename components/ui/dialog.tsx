"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";

import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

/** A modal with a title and a sentence on what it is for. A sheet from below on phones. */
export function Dialog({
  open,
  onOpenChange,
  trigger,
  title,
  description,
  size = "md",
  footer,
  onCloseAutoFocus,
  children,
}: {
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  trigger?: ReactNode;
  title: string;
  description?: ReactNode;
  size?: "sm" | "md" | "lg";
  footer?: ReactNode;
  onCloseAutoFocus?: (event: Event) => void;
  children: ReactNode;
}) {
  // Radix goes back to its own trigger, and a dialog that is opened from elsewhere has none.
  const opener = useRef<Element>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      {trigger && <Radix.Trigger asChild>{trigger}</Radix.Trigger>}
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          onOpenAutoFocus={() => (opener.current = document.activeElement)}
          onCloseAutoFocus={(event) => {
            onCloseAutoFocus?.(event);
            if (trigger || event.defaultPrevented) return;
            event.preventDefault();
            if (opener.current instanceof HTMLElement) opener.current.focus();
          }}
          className={cn(
            "fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-11/12 w-full animate-appear flex-col rounded-t-xl bg-raised shadow-pop sm:inset-y-0 sm:my-auto sm:h-fit sm:max-h-5/6 sm:rounded-xl",
            { sm: "sm:max-w-md", md: "sm:max-w-xl", lg: "sm:max-w-4xl" }[size],
          )}
        >
          <div className="border-b py-3 pr-12 pl-4">
            <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
            {description ? (
              <Radix.Description className="text-sm text-muted">{description}</Radix.Description>
            ) : (
              <Radix.Description className="sr-only">{title}</Radix.Description>
            )}
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">{children}</div>
          {footer && <div className="flex flex-wrap items-center justify-end gap-2 border-t px-4 py-3">{footer}</div>}
          {/* Last, so that the first thing to reach is what the dialog is for. */}
          <Radix.Close asChild>
            <Button variant="ghost" size="iconSm" aria-label="Close" className="absolute top-2.5 right-2.5">
              <X />
            </Button>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
