import type { ReactNode } from "react";

/** The title of a page, a sentence below it, and what can be done on it. */
export function PageHeader({
  title,
  action,
  before,
  children,
}: {
  title: ReactNode;
  action?: ReactNode;
  before?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-start gap-x-4 gap-y-3 border-b px-4 py-3 md:px-6 md:py-4">
      <div className="min-w-0 flex-1">
        {before}
        <h1 className="text-xl font-semibold text-balance">{title}</h1>
        {children && <div className="text-sm text-muted">{children}</div>}
      </div>
      {action}
    </header>
  );
}
