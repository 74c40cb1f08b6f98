"use client";

import { useTheme } from "next-themes";
import { Toaster as Sonner } from "sonner";

export { toast } from "sonner";

/** Where toasts appear. */
export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      position="bottom-right"
      // Above the buttons at the foot of a page, the two rows of reasons to reject among them, and above the bar of pages on phones.
      offset={{ bottom: "7.5rem", right: "1rem" }}
      mobileOffset={{ bottom: "8rem" }}
      containerAriaLabel="Notices"
      style={{ fontFamily: "inherit" }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center gap-3 rounded-lg bg-raised px-3 py-2.5 text-base text-ink shadow-pop sm:w-96",
          title: "font-medium",
          description: "text-sm text-muted",
          content: "min-w-0 flex-1",
          icon: "flex size-4 shrink-0 items-center justify-center",
          actionButton:
            "inline-flex h-7 shrink-0 items-center rounded-md border border-control px-2 text-sm font-medium hover:bg-hover",
          cancelButton: "inline-flex h-7 shrink-0 items-center rounded-md px-2 text-sm font-medium hover:bg-hover",
          success: "[&_[data-icon]]:text-success",
          error: "[&_[data-icon]]:text-danger",
        },
      }}
    />
  );
}
