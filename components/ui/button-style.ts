import { cva } from "class-variance-authority";

/** The look of a button, for buttons and for links that look like one; also for server components. */
export const buttonStyle = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors disabled:opacity-55 aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-ink text-surface hover:bg-soft",
        secondary: "border border-control bg-surface text-ink hover:bg-hover",
        ghost: "text-soft hover:bg-hover hover:text-ink",
        danger: "border border-control bg-surface text-danger hover:bg-danger-soft",
        quiet: "font-normal text-muted hover:text-ink hover:underline",
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
